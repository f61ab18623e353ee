"""Something wrong? Members flag a question; two flags pull it until an organiser decides."""

"""The content bank in memory: files in, frozen questions out; nothing here talks to a platform or a database.

content/*.yaml ──reading──▶ Document ──schema, answers, taxonomy──▶ Shelf ──load──▶ Bank (served, frozen)
                            (lines)                                   └──lint──▶ Findings (file:line, rule, mend)
Bank, Plan, log ──plans.choose──▶ QuestionId            rules on one item: lint_*.py, on all items: lint_bank.py
text or choices ──grade.read_response──▶ Response ──grade.grade──▶ Grade   (numerals, wording, patterns, arithmetic)
"""

"""Lists of words that the lint rules need.

May touch: nothing.
"""

_STOP_WORDS = """
a about after all also an and any are as at be because been before both but by can do does each for from had has have
how if in into is it its more most much no not of on one only or other out over same so some such than that the their
them then there these they this to two under up use used using was were what when where which while who why will with
without would you your
"""
_ADJECTIVES = """
acceptable adequate average bad excellent fair fine good great insufficient mediocre ok okay outstanding perfect poor
satisfactory strong sufficient superb very weak
"""
_ACRONYMS = """
AI ML LLM NLP RAG RL GPT BERT GPU CPU TPU RAM API SQL JSON CSV HTTP HTML YAML PDF ID UI OK AM PM US EU UK UTC TV IQ KB
MB GB TB QPS FP TP FN TN ROC AUC PCA SVM KNN SGD RNN CNN LSTM MSE MAE RMSE RELU II III IV VI NOT AND OR NAN NULL TRUE
FALSE IN IS ON AS BY SELECT FROM WHERE JOIN GROUP ORDER LEFT RIGHT INNER OUTER FULL COUNT SUM AVG MIN MAX OVER
PARTITION HAVING LIMIT UNION ALL DISTINCT EXISTS CASE WHEN THEN ELSE END LAG LEAD RANK ROWS RANGE
"""
_SPELLINGS = """
behavior behaviour behavioral behavioural behaviors behaviours canceled cancelled canceling cancelling catalog
catalogue center centre centered centred centering centring centers centres color colour colors colours defense defence
favor favour favorable favourable favorite favourite favors favours gray grey labeled labelled labeler labeller
labeling labelling modeled modelled modeling modelling neighbor neighbour neighborhood neighbourhood neighboring
neighbouring neighbors neighbours skeptical sceptical traveled travelled traveling travelling
acheive achieve accomodate accommodate accross across agressive aggressive algoritm algorithm arguement argument
begining beginning beleive believe comparision comparison compatability compatibility consistant consistent definately
definitely dependancy dependency embarass embarrass enviroment environment existance existence explaination explanation
familar familiar freqency frequency futher further gaurantee guarantee heirarchy hierarchy immediatly immediately
independant independent knowlege knowledge lenght length maintainance maintenance neccessary necessary noticable
noticeable occassion occasion occured occurred occurence occurrence occuring occurring paramater parameter parrallel
parallel perfomance performance persistant persistent postive positive preceeding preceding priviledge privilege
probabilty probability publically publicly recieve receive recomend recommend refered referred relevent relevant
reponse response seperate separate seperately separately similiar similar succesful successful sucess success supercede
supersede threshhold threshold transfered transferred truely truly untill until varience variance wether whether wich
which
"""

STOP_WORDS = frozenset(_STOP_WORDS.split())  # words that a stem and a key may share
ADJECTIVES = frozenset(_ADJECTIVES.split())  # an anchor made of these alone judges, and describes nothing
KNOWN_ACRONYMS = frozenset(_ACRONYMS.split())  # what a candidate reads daily, and the words of SQL

_PAIRS = _SPELLINGS.split()
SPELLINGS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))  # slips and American forms, with what we write instead

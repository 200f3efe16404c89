select
    *,
    'not a prediction' as label
from person_facts

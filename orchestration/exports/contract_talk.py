"""The outputs about talk, in the order marketers read them.

Belongs here: which there are. Does not: their columns (contract_wom.py, contract_synergy.py, contract_brand.py).
"""

from __future__ import annotations

from orchestration.exports.contract_brand import BRAND_EFFECT, POSTS_SELL, TRUST_SENSITIVITY
from orchestration.exports.contract_synergy import SYNERGY
from orchestration.exports.contract_wom import PROSUMER_LEAD, WOM_REACH

TALK_OUTPUTS = (WOM_REACH, PROSUMER_LEAD, SYNERGY, BRAND_EFFECT, POSTS_SELL, TRUST_SENSITIVITY)

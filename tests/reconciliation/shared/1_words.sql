-- A name of marts and measurements in the contract's words.
create macro in_words(of_area, of_name) as (
    select words.told
    from run.words as words
    where words.area = of_area and words.name = of_name
);
-- Minor units of the brand's currency in main units.
create macro main_units(amount) as amount / minor_units();
-- Money outcomes are those whose name speaks of spend, sales or minor units; all others are shares.
create macro is_money(outcome) as regexp_matches(outcome, 'spend|sales|_minor$');
create macro unit_of(outcome) as if(is_money(outcome), currency(), 'share');
create macro in_outcome_unit(value, outcome) as if(is_money(outcome), main_units(value), value);
-- Whether a range's two ends hold nothing at all.
create macro check_of(low, high) as case when low <= 0 and high >= 0 then 'passed' when not (low <= 0 and high >= 0) then 'failed' end;
create view campaign_names as
select
    campaign_id,
    name as campaign_name
from marts.dim_campaigns;
-- Ends of the range that holds a Poisson mean nine times in ten (Garwood 1936).
create macro poisson_low(n) as if(n > 0, gamma_quantile(0.05, n), 0);
create macro poisson_high(n) as gamma_quantile(0.95, n + 1);

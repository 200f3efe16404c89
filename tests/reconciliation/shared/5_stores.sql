-- Store tests; where the range lies off 0 but untouched stores show as much, the range is widened to hold 0.
create view store_ranges as
select
    * replace (
        if(is_doubtful and lift_low > 0, 0, lift_low) as lift_low,
        if(is_doubtful and lift_high < 0, 0, lift_high) as lift_high,
        if(is_doubtful and lift_low > 0, 0, extra_low) as extra_low,
        if(is_doubtful and lift_high < 0, 0, extra_high) as extra_high
    )
from (
    select
        *,
        status = 'measured' and not is_clear as is_doubtful
    from measurement.store_lift
);

-- Sales in main units of their own currency; receipts are counted.
create macro store_amount(amount, of_outcome, of_currency) as if(
    of_outcome = 'store_sales',
    amount / (
        select money.scale
        from run.currencies as money
        where money.currency = coalesce(of_currency, currency())
    ),
    amount
);

select
    draw.subject as compared_for,
    draw.subject_id,
    draw.outcome,
    draw.design,
    draw.verdict,
    draw.features_count as traits_count,
    draw.unbalanced_before_count as traits_differ_before_count,
    draw.unbalanced_after_count as traits_differ_after_count,
    draw.largest_smd_before as largest_difference_before,
    draw.largest_smd_after as largest_difference_after,
    draw.imbalance_p as chance_of_such_a_draw,
    choice.people_count,
    choice.treated_count as chosen_count,
    choice.inside_count as comparable_count,
    1 - choice.inside_count / choice.people_count as without_counterpart_share,
    choice.effective_treated as worth_chosen,
    choice.effective_untreated as worth_others,
    hidden.robustness_value as hidden_cause_to_erase,
    hidden.robustness_value_interval as hidden_cause_to_doubt,
    in_outcome_unit(hidden.shift_by_known, draw.outcome) as shift_by_such_a_cause,
    hidden.erasing_gamma as odds_factor_to_doubt,
    in_outcome_unit(hidden.low_at_gamma_1_25, draw.outcome) as effect_low_if_odds_1_25,
    in_outcome_unit(hidden.high_at_gamma_1_25, draw.outcome) as effect_high_if_odds_1_25,
    in_outcome_unit(hidden.low_at_gamma_1_50, draw.outcome) as effect_low_if_odds_1_50,
    in_outcome_unit(hidden.high_at_gamma_1_50, draw.outcome) as effect_high_if_odds_1_50,
    in_outcome_unit(hidden.low_at_gamma_2_00, draw.outcome) as effect_low_if_odds_2_00,
    in_outcome_unit(hidden.high_at_gamma_2_00, draw.outcome) as effect_high_if_odds_2_00,
    if(hidden.subject is null, null, unit_of(draw.outcome)) as unit
from measurement.design_checks as draw
left join
    measurement.overlap as choice
    on
        draw.subject = choice.subject
        and draw.subject_id = choice.subject_id
        and draw.outcome is not distinct from choice.outcome
        and draw.design = choice.design
left join
    measurement.sensitivity as hidden
    on
        draw.subject = hidden.subject
        and draw.subject_id = hidden.subject_id
        and draw.outcome is not distinct from hidden.outcome
        and draw.design = hidden.design

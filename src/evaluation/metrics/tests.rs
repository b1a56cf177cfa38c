#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn scored(spam: &[f64], ham: &[f64]) -> Vec<Scored> {
    let of = |spam: bool| move |&probability: &f64| Scored { probability, spam };
    let spam = spam.iter().map(of(true));
    spam.chain(ham.iter().map(of(false))).collect()
}

fn near(found: Option<f64>, expected: f64) {
    let found = found.unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
}

/// Many ties: few different probabilities.
fn any_scored() -> impl Strategy<Value = Vec<Scored>> {
    let one = (0u8..=20, any::<bool>()).prop_map(|(p, spam)| Scored {
        probability: f64::from(p) / 20.0,
        spam,
    });
    proptest::collection::vec(one, 0..120)
}

#[test]
fn four_and_four_by_hand() {
    // Falling: s h s (s h tied) h s h; of the 16 pairs the spam wins 4 + 3 + 2.5 + 1.
    let all = scored(&[0.9, 0.7, 0.6, 0.2], &[0.8, 0.6, 0.4, 0.1]);
    near(roc_area(&all), 10.5 / 16.0);
    // None of four may be blocked at 1 %; one at 25 %, two at 50 %.
    near(caught_at(&all, 0.01), 0.25);
    near(caught_at(&all, 0.25), 0.5);
    near(caught_at(&all, 0.5), 0.75);
    let outcomes = Outcomes::at(&all, 0.6);
    let expected = Outcomes {
        caught: 3,
        missed: 1,
        blocked: 2,
        passed: 2,
    };
    assert_eq!(outcomes, expected);
    near(outcomes.caught_share(), 0.75);
    near(outcomes.blocked_share(), 0.5);
    // (3 * 2 - 2 * 1) / sqrt(5 * 4 * 4 * 3)
    near(Some(outcomes.mcc()), 4.0 / 240f64.sqrt());
    // Errors 1.5 of 5 and 2.5 of 5: odds 3/7 and 1, whose mean in logarithms is sqrt(3/7).
    let odds = (3f64 / 7.0).sqrt();
    near(outcomes.lam(), 100.0 * odds / (1.0 + odds));
}

#[test]
fn calibration_by_hand() {
    // Bins of 1/15: 0.05 alone; 0.91 and 0.93 together (bin 13), one of them spam; 1 in the last.
    let all = scored(&[0.91, 1.0], &[0.93, 0.05]);
    let expected = ((0.91f64 + 0.93 - 1.0).abs() + 0.05) / 4.0;
    near(calibration_error(&all), expected);
    assert_eq!(calibration_error(&[]), None);
}

#[test]
fn a_missing_class_leaves_figures_out() {
    for all in [scored(&[0.5, 0.9], &[]), scored(&[], &[0.1]), Vec::new()] {
        assert_eq!(roc_area(&all), None);
        assert_eq!(caught_at(&all, 0.01), None);
        assert_eq!(Outcomes::at(&all, 0.5).lam(), None);
        assert_eq!(Outcomes::at(&all, 0.5).mcc(), 0.0);
        assert!(roc_curve(&all).is_empty());
    }
    let ham = Outcomes::at(&scored(&[], &[0.1, 0.7]), 0.5);
    assert_eq!((ham.caught_share(), ham.blocked_share()), (None, Some(0.5)));
}

proptest! {
    #[test]
    fn the_area_is_the_share_of_pairs_in_order(all in any_scored()) {
        let (mut won, mut pairs) = (0.0, 0);
        for spam in all.iter().filter(|s| s.spam) {
            for ham in all.iter().filter(|s| !s.spam) {
                pairs += 1;
                won += match spam.probability.total_cmp(&ham.probability) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        match roc_area(&all) {
            Some(area) => prop_assert!((area - won / f64::from(pairs)).abs() < 1e-12),
            None => prop_assert_eq!(pairs, 0),
        }
    }

    #[test]
    fn only_the_order_counts(all in any_scored(), power in 0.2f64..5.0) {
        let mapped: Vec<Scored> = all
            .iter()
            .map(|s| Scored { probability: s.probability.powf(power), ..*s })
            .collect();
        prop_assert_eq!(roc_area(&all), roc_area(&mapped));
        for blocked in [0.001, 0.01, 0.1, 0.5] {
            prop_assert_eq!(caught_at(&all, blocked), caught_at(&mapped, blocked));
        }
    }

    #[test]
    fn turned_round_the_area_is_what_is_missing(all in any_scored()) {
        let turned: Vec<Scored> = all
            .iter()
            .map(|s| Scored { probability: 1.0 - s.probability, ..*s })
            .collect();
        if let (Some(a), Some(b)) = (roc_area(&all), roc_area(&turned)) {
            prop_assert!((a + b - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_curve_encloses_the_area_and_rises(all in any_scored()) {
        let curve = roc_curve(&all);
        prop_assert!(curve.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1));
        let trapezes: f64 = curve
            .windows(2)
            .map(|w| (w[1].0 - w[0].0) * (w[1].1 + w[0].1) / 2.0)
            .sum();
        match roc_area(&all) {
            Some(area) => prop_assert!((area - trapezes).abs() < 1e-9),
            None => prop_assert!(curve.is_empty()),
        }
    }

    #[test]
    fn figures_stay_in_range(all in any_scored(), cut in 0.0f64..=1.0) {
        let outcomes = Outcomes::at(&all, cut);
        prop_assert!((-1.0..=1.0).contains(&outcomes.mcc()));
        prop_assert!(outcomes.lam().is_none_or(|l| (0.0..=100.0).contains(&l)));
        prop_assert!(calibration_error(&all).is_none_or(|e| (0.0..=1.0).contains(&e)));
        let more_ham = caught_at(&all, 0.02) >= caught_at(&all, 0.01);
        prop_assert!(more_ham);
    }
}

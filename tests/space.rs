//! The data folder of a steady load does not grow without bound: a month goes by in a minute.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chaffinch::classifier::Classifier;
use chaffinch::clock::Clock;
use chaffinch::comment::{Author, Comment};
use chaffinch::service::{self, CheckOptions, ConfiguredKeys, Service};
use chaffinch::site::Site;
use chaffinch::site::settings::SiteSettings;
use chaffinch::store::{self, StoreSettings};
use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

/// Days that go by.
const DAYS: i64 = 30;
/// Checks under way at a time.
const AT_ONCE: usize = 64;
/// Days for which verdicts are kept.
const KEPT: i64 = 7;

fn size(path: &Path) -> u64 {
    let entries = fs::read_dir(path).unwrap().flatten();
    let sizes = entries.map(|entry| match entry.path().is_dir() {
        true => size(&entry.path()),
        false => entry.metadata().map_or(0, |of| of.len()),
    });
    sizes.sum()
}

/// So many comments of every size an hour; `CHAFFINCH_SPACE_PER_HOUR` says otherwise.
#[test]
fn a_month_of_checks_stays_within_three_times_what_is_kept() {
    let per_hour = std::env::var("CHAFFINCH_SPACE_PER_HOUR");
    let per_hour: usize = per_hour.map_or(60, |n| n.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let time = Arc::new(Mutex::new(
        "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap(),
    ));
    let shown = Arc::clone(&time);
    let settings = service::Settings {
        clock: Clock::from_fn(move || *shown.lock().unwrap()),
        ..service::Settings::default()
    };
    let mut table = String::from("\n| day | data folder, MiB |\n|---|---|\n");
    let (mut kept, mut largest) = (0, 0);
    actix_web::rt::System::new().block_on(async {
        let store = store::open(folder.path(), &StoreSettings::default()).unwrap();
        let classifier = Arc::new(Classifier::embedded().unwrap());
        let service = Service::new(store, classifier, settings).unwrap();
        let registry = service.registry();
        let keys = ConfiguredKeys {
            site_key: "testkey12345".parse().ok(),
            admin_token: "admin-token-of-the-tests".parse().ok(),
        };
        registry.first_keys(keys).await.unwrap();
        let site = Site::parse("blog.example.com").unwrap();
        let wanted: SiteSettings = serde_json::from_value(
            serde_json::json!({"retention_days": KEPT, "retention_what": "record"}),
        )
        .unwrap();
        registry
            .change_site(site.clone(), |_| Ok::<_, service::ServiceError>(wanted))
            .await
            .unwrap();
        let caller = service.authenticate("testkey12345").unwrap();
        for hour in 0..DAYS * 24 {
            let checks = (0..per_hour).map(|n| {
                let words = 10 + (n * 37 + hour as usize * 11) % 150;
                let content = (0..words).map(|w| format!("word{} ", w * n + w)).collect();
                let comment = Comment {
                    site: Some(site.clone()),
                    content,
                    author: Author {
                        name: format!("Person {n}"),
                        email: format!("person{n}.{hour}@example.org"),
                        ..Author::default()
                    },
                    ..Comment::default()
                };
                service.check(&caller, comment, CheckOptions::default())
            });
            // No more at once than can wait for the disk: a check past those is answered, not kept.
            let checks = futures_util::stream::iter(checks).buffer_unordered(AT_ONCE);
            kept += checks
                .map(|checked| u64::from(checked.unwrap().stored))
                .fold(0, async |sum, stored| sum + stored)
                .await;
            *time.lock().unwrap() += SignedDuration::from_hours(1);
            // It waits for the disk, which the thread that answers calls may not.
            let sweeper = std::thread::scope(|scope| scope.spawn(|| service.sweep()).join());
            sweeper.unwrap().unwrap();
            if hour % 24 == 23 {
                let now = size(folder.path());
                largest = largest.max(now);
                let (day, mib) = (hour / 24 + 1, now as f64 / f64::from(1 << 20));
                table.push_str(&format!("| {day} | {mib:.1} |\n"));
            }
        }
        service.close();
    });
    assert_eq!(
        kept,
        per_hour as u64 * (DAYS * 24) as u64,
        "every verdict was kept"
    );
    let before = size(folder.path());
    store::compact(folder.path(), &StoreSettings::default()).unwrap();
    let live = size(folder.path());
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!("{table}");
    println!(
        "{kept} checks in {DAYS} days, kept for {KEPT}: at most {:.1} MiB, {:.1} MiB at the end, {:.1} MiB if written anew: {:.2} times",
        mib(largest),
        mib(before),
        mib(live),
        largest as f64 / live as f64
    );
    assert!(
        largest <= 3 * live,
        "{largest} bytes for {live} bytes of live data"
    );
}

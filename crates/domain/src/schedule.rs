//! When a cluster runs by itself: at which times of the week it is resumed and paused.

use crate::problem::FieldError;
use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// The days of the week, by their names in requests.
pub const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// The times at which a cluster is resumed and paused on some days of the week, by the clock of a time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// `mon` to `sun`.
    pub days: Vec<String>,
    /// When it is resumed on these days: `08:00`. Without, only people resume it.
    pub resume_at: Option<String>,
    /// When it is paused on these days: `19:00`. Without, only people pause it.
    pub pause_at: Option<String>,
    /// A name of the IANA time zone database: `Europe/Berlin`.
    pub time_zone: String,
    /// When it was set; it changes nothing about what was before.
    #[serde(default)]
    pub since: Timestamp,
}

/// A request for a schedule. Empty texts count as absent; without any time there is no schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleInput {
    /// `mon` to `sun`; by default Monday to Friday.
    pub days: Vec<String>,
    /// `08:00`, by a 24-hour clock.
    pub resume_at: String,
    /// `19:00`, by a 24-hour clock.
    pub pause_at: String,
    /// A name of the IANA time zone database, such as `Europe/Berlin`; by default `UTC`.
    pub time_zone: String,
}

/// What a schedule says of a moment: that the cluster is to be paused, or to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    pub at: Timestamp,
    pub paused: bool,
}

impl ScheduleInput {
    /// `None`: no schedule is wanted.
    ///
    /// # Errors
    /// One for each invalid field.
    pub fn validate(&self, now: Timestamp) -> Result<Option<Schedule>, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut time = |field: &str, text: &str| -> Option<String> {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            match clock(text) {
                Some(time) => Some(time.strftime("%H:%M").to_string()),
                None => {
                    let message = "Enter a time by a 24-hour clock, such as 08:00.";
                    errors.push(FieldError::new(field, message));
                    None
                }
            }
        };
        let resume_at = time("resume_at", &self.resume_at);
        let pause_at = time("pause_at", &self.pause_at);
        let given = |days: &[String]| -> Option<Vec<String>> {
            let known = |day: &String| DAYS.iter().any(|(name, _)| name == day);
            let in_order = DAYS.iter().map(|(name, _)| (*name).to_owned());
            days.iter()
                .all(known)
                .then(|| in_order.filter(|day| days.contains(day)).collect())
        };
        let days = match self.days.as_slice() {
            [] => given(&["mon", "tue", "wed", "thu", "fri"].map(str::to_owned)),
            days => given(days),
        };
        if days.is_none() {
            let message = "Days must be of mon, tue, wed, thu, fri, sat and sun.";
            errors.push(FieldError::new("days", message));
        }
        let time_zone = match self.time_zone.trim() {
            "" => "UTC",
            name => name,
        };
        if zone(time_zone).is_none() {
            let message = "Time zone must be a name of the IANA database, such as Europe/Berlin.";
            errors.push(FieldError::new("time_zone", message));
        }
        if resume_at.is_some() && resume_at == pause_at {
            let message = "The cluster cannot be paused and resumed at the same time.";
            errors.push(FieldError::new("pause_at", message));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let is_wanted = resume_at.is_some() || pause_at.is_some();
        Ok(is_wanted.then(|| Schedule {
            days: days.unwrap_or_default(),
            resume_at,
            pause_at,
            time_zone: time_zone.to_owned(),
            since: now,
        }))
    }
}

impl Schedule {
    /// The last switch at or before `now` that is after the schedule was set.
    pub fn last(&self, now: Timestamp) -> Option<Switch> {
        let past = self.around(now).filter(|switch| switch.at <= now);
        past.filter(|switch| switch.at > self.since)
            .max_by_key(|switch| switch.at)
    }

    /// The first switch after `now`.
    pub fn next(&self, now: Timestamp) -> Option<Switch> {
        let future = self.around(now).filter(|switch| switch.at > now);
        future.min_by_key(|switch| switch.at)
    }

    /// What is due at `now`, unless the cluster was last paused or resumed, at `changed`, after it. So a cluster that a
    /// person resumes in the evening runs until the schedule pauses it the next time.
    pub fn due(&self, changed: Option<Timestamp>, now: Timestamp) -> Option<Switch> {
        let last = self.last(now)?;
        changed
            .is_none_or(|changed| changed < last.at)
            .then_some(last)
    }

    /// `Monday to Friday, resumed at 08:00, paused at 19:00 (Europe/Berlin)`.
    pub fn summary(&self) -> String {
        let times = match (&self.resume_at, &self.pause_at) {
            (Some(resume), Some(pause)) => format!("resumed at {resume}, paused at {pause}"),
            (Some(resume), None) => format!("resumed at {resume}"),
            (None, Some(pause)) => format!("paused at {pause}"),
            (None, None) => "never".to_owned(),
        };
        format!("{}, {times} ({})", self.days_in_words(), self.time_zone)
    }

    fn days_in_words(&self) -> String {
        let is_on = |(name, _): &(&str, Weekday)| self.days.iter().any(|day| day == name);
        match DAYS.each_ref().map(is_on) {
            [true, true, true, true, true, true, true] => "Every day".to_owned(),
            [true, true, true, true, true, false, false] => "Monday to Friday".to_owned(),
            _ => {
                let on = DAYS.iter().filter(|day| is_on(day));
                let names: Vec<_> = on.map(|(_, weekday)| format!("{weekday:?}")).collect();
                names.join(", ")
            }
        }
    }

    /// The switches of a week before and after `now`.
    fn around(&self, now: Timestamp) -> impl Iterator<Item = Switch> {
        // A zone that a later release of the database does not know any more switches nothing.
        let zone = zone(&self.time_zone);
        let today = zone.clone().map(|zone| now.to_zoned(zone).date());
        let days = (-8_i64..=8).filter_map(move |offset| {
            let day = today?.saturating_add(jiff::Span::new().days(offset));
            Some((day, zone.clone()?))
        });
        let on = days.filter(|(day, _)| self.is_on(*day));
        on.flat_map(|(day, zone)| {
            let times = [
                (self.resume_at.as_deref(), false),
                (self.pause_at.as_deref(), true),
            ];
            times.map(|(time, paused)| {
                let at = moment(day, clock(time?)?, zone.clone())?;
                Some(Switch { at, paused })
            })
        })
        .flatten()
    }

    fn is_on(&self, day: Date) -> bool {
        let of_day = DAYS.iter().find(|(_, weekday)| *weekday == day.weekday());
        of_day.is_some_and(|(name, _)| self.days.iter().any(|day| day == name))
    }
}

/// A time that the clock skips in spring is the moment it jumps to; of one that comes twice in autumn the first counts.
fn moment(day: Date, time: Time, zone: TimeZone) -> Option<Timestamp> {
    let at = zone.to_ambiguous_zoned(day.to_datetime(time));
    at.compatible().ok().map(|zoned| zoned.timestamp())
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| -> Option<i8> {
        let is_number =
            matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok())?
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn input() -> ScheduleInput {
        ScheduleInput {
            resume_at: "8:00".into(),
            pause_at: "19:00".into(),
            time_zone: "Europe/Berlin".into(),
            ..ScheduleInput::default()
        }
    }

    fn berlin() -> Schedule {
        let set = at("2026-01-01T00:00:00Z");
        input().validate(set).unwrap().unwrap()
    }

    #[test]
    fn the_clock_of_the_zone_counts_in_summer_and_in_winter() {
        let schedule = berlin();
        let next = |now: &str| {
            schedule
                .next(at(now))
                .map(|switch| (switch.at, switch.paused))
        };
        // Friday before the clocks go forward on 29 March: 19:00 is UTC+1.
        assert_eq!(
            next("2026-03-27T12:00:00Z"),
            Some((at("2026-03-27T18:00:00Z"), true))
        );
        // Over the weekend to Monday, 08:00 at UTC+2.
        assert_eq!(
            next("2026-03-27T18:00:00Z"),
            Some((at("2026-03-30T06:00:00Z"), false))
        );
        // And back in autumn, on 25 October.
        assert_eq!(
            next("2026-10-23T17:00:00Z"),
            Some((at("2026-10-26T07:00:00Z"), false))
        );
    }

    #[test]
    fn a_time_that_the_clock_skips_or_shows_twice_is_one_moment() {
        let night = ScheduleInput {
            days: vec!["sun".into()],
            resume_at: "2:30".into(),
            pause_at: String::new(),
            ..input()
        };
        let night = night.validate(at("2026-01-01T00:00:00Z")).unwrap().unwrap();
        let moments = |from: &str, until: &str| -> Vec<Timestamp> {
            let mut moments = Vec::new();
            let mut now = at(from);
            while let Some(next) = night.next(now).filter(|next| next.at < at(until)) {
                moments.push(next.at);
                now = next.at;
            }
            moments
        };
        assert_eq!(
            moments("2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"),
            [at("2026-03-29T01:30:00Z")]
        );
        assert_eq!(
            moments("2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z"),
            [at("2026-10-25T00:30:00Z")]
        );
    }

    #[test]
    fn what_a_person_does_holds_until_the_next_time_of_the_schedule() {
        let schedule = berlin();
        let evening = at("2026-03-24T18:00:00Z");
        let paused = Some(Switch {
            at: evening,
            paused: true,
        });
        assert_eq!(schedule.due(None, at("2026-03-24T18:00:01Z")), paused);
        assert_eq!(
            schedule.due(Some(at("2026-03-24T09:00:00Z")), evening),
            paused
        );
        // Resumed at 20:00: nothing is due before the next morning, when it runs already, and the next evening.
        let resumed = Some(at("2026-03-24T19:00:00Z"));
        assert_eq!(schedule.due(resumed, at("2026-03-25T03:00:00Z")), None);
        let morning = schedule.due(resumed, at("2026-03-25T07:00:00Z")).unwrap();
        assert!(!morning.paused);
        let next = schedule.due(resumed, at("2026-03-25T18:00:00Z")).unwrap();
        assert_eq!((next.at, next.paused), (at("2026-03-25T18:00:00Z"), true));
        // What was before it was set is not made up for.
        let late = Schedule {
            since: at("2026-03-24T19:30:00Z"),
            ..schedule
        };
        assert_eq!(late.due(None, at("2026-03-24T20:00:00Z")), None);
    }

    #[test]
    fn each_invalid_field_is_named_and_no_times_are_no_schedule() {
        let bad = ScheduleInput {
            days: vec!["mon".into(), "someday".into()],
            resume_at: "25:00".into(),
            pause_at: "7pm".into(),
            time_zone: "Mars/Olympus".into(),
        };
        let errors = bad.validate(Timestamp::UNIX_EPOCH).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["resume_at", "pause_at", "days", "time_zone"]);
        let same = ScheduleInput {
            pause_at: "08:00".into(),
            ..input()
        };
        assert_eq!(
            same.validate(Timestamp::UNIX_EPOCH).unwrap_err()[0].field,
            "pause_at"
        );
        let none = ScheduleInput::default().validate(Timestamp::UNIX_EPOCH);
        assert_eq!(none, Ok(None));
        let usual = "Monday to Friday, resumed at 08:00, paused at 19:00 (Europe/Berlin)";
        assert_eq!(berlin().summary(), usual);
        let weekend = Schedule {
            days: vec!["sat".into(), "sun".into()],
            ..berlin()
        };
        assert!(weekend.summary().starts_with("Saturday, Sunday"));
    }
}

//! When the cluster is paused and resumed by itself.

use domain::cluster::Cluster;
use domain::schedule::{DAYS, Schedule};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::page::Rendering;
use crate::ui::{Button, Card, Field, FieldMessage, TextInput};

/// The schedule, what it does next, and the form that changes it.
#[component]
pub fn ScheduleCard(cluster: Cluster, form: FormState) -> impl IntoView {
    let now = expect_context::<Rendering>().now;
    let rule = match &cluster.schedule {
        Some(schedule) => {
            let next = next(schedule, now).map(|next| format!(" Next: {next}."));
            format!("{}.{}", schedule.summary(), next.unwrap_or_default())
        }
        None => "This cluster is paused and resumed by people only.".to_owned(),
    };
    view! {
        <Card title="Schedule">
            <p class="text-muted mb-3" role="status">
                {rule}
            </p>
            <ScheduleForm cluster=cluster form=form />
        </Card>
    }
    .into_any()
}

/// `paused on Friday, 4 December, at 19:00 (Europe/Berlin)`.
fn next(schedule: &Schedule, now: Timestamp) -> Option<String> {
    let next = schedule.next(now)?;
    let zone = TimeZone::get(&schedule.time_zone).ok()?;
    let at = next.at.to_zoned(zone).strftime("%A, %-d %B, at %H:%M");
    let change = if next.paused { "paused" } else { "resumed" };
    Some(format!("{change} on {at} ({})", schedule.time_zone))
}

#[component]
fn ScheduleForm(cluster: Cluster, form: FormState) -> impl IntoView {
    let schedule = cluster.schedule.as_ref();
    let text = |of: fn(&Schedule) -> Option<&String>| {
        let text = schedule.and_then(of);
        text.cloned().unwrap_or_default()
    };
    let resume_at = text(|schedule| schedule.resume_at.as_ref());
    let pause_at = text(|schedule| schedule.pause_at.as_ref());
    let time_zone = text(|schedule| Some(&schedule.time_zone));
    let days = schedule.map(|schedule| schedule.days.clone());
    view! {
        <Form state=form.clone() class="grid gap-3">
            <input type="hidden" name="id" value=cluster.id.to_string() />
            <Days form=form.clone() days=days />
            <div class="grid gap-3 items-start md:grid-cols-3">
                <Field form=form.clone() name="resume_at" label="Resume at" hint=|| "Leave empty to resume it yourself.">
                    <TextInput value=resume_at placeholder="08:00" />
                </Field>
                <Field form=form.clone() name="pause_at" label="Pause at" hint=|| "Leave empty to pause it yourself.">
                    <TextInput value=pause_at placeholder="19:00" />
                </Field>
                <Field form=form name="time_zone" label="Time zone" hint=|| "By default UTC.">
                    <TextInput value=time_zone placeholder="Europe/Berlin" />
                </Field>
            </div>
            <p class="text-small text-muted">
                "If you pause or resume the cluster yourself, it stays so until the next of these times."
            </p>
            <div>
                <Button>"Save schedule"</Button>
            </div>
        </Form>
    }
    .into_any()
}

/// By default the days of the working week.
#[component]
fn Days(form: FormState, days: Option<Vec<String>>) -> impl IntoView {
    let sent = form.sent_values("days");
    let control = form.control("days");
    let id = form.field_id("days");
    let described_by = format!("{id}-message");
    let error = form.error("days");
    let chosen = sent.or(days);
    let day = |(number, (name, weekday)): (usize, (&'static str, jiff::civil::Weekday))| {
        let checked = match &chosen {
            Some(chosen) => chosen.iter().any(|chosen| chosen == name),
            None => number < 5,
        };
        view! {
            <label class="flex items-baseline gap-2">
                <input type="checkbox" name=format!("{control}[{number}]") value=name checked=checked />
                {format!("{weekday:?}")}
            </label>
        }
    };
    view! {
        <fieldset data-field="days" aria-describedby=described_by>
            <legend class="font-semibold mb-1.5">"Days"</legend>
            <div class="flex flex-wrap gap-x-4 gap-y-1.5">
                {DAYS.into_iter().enumerate().map(day).collect_view()}
            </div>
            <FieldMessage id=id error=error />
        </fieldset>
    }
    .into_any()
}

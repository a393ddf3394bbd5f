#include "bot/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace countersign::bot {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Registry;

void counter(Registry& registry, const char* name, const char* help, std::uint64_t value) {
    BuildCounter().Name(name).Help(help).Register(registry).Add({}).Increment(static_cast<double>(value));
}

void gauge(Registry& registry, const char* name, const char* help, double value) {
    BuildGauge().Name(name).Help(help).Register(registry).Add({}).Set(value);
}

double seconds_since(SteadyTime then, SteadyTime now) {
    return std::chrono::duration<double>(now - then).count();
}

void add_slots(Registry& registry, const HealthReport& report) {
    auto& state =
        BuildGauge().Name("countersign_socket_up").Help("1 where the slot is past hello.").Register(registry);
    auto& age = BuildGauge()
                    .Name("countersign_socket_last_inbound_seconds")
                    .Help("Age of the last inbound frame.")
                    .Register(registry);
    auto& reconnects = BuildCounter()
                           .Name("countersign_socket_reconnects_total")
                           .Help("Connections replaced.")
                           .Register(registry);
    for (std::size_t number = 0; number < report.socket.slots.size(); ++number) {
        const auto& slot = report.socket.slots[number];
        const prometheus::Labels labels{{"slot", std::to_string(number)}};
        state.Add(labels).Set(slot.state == "connected" ? 1 : 0);
        if (slot.last_inbound) age.Add(labels).Set(seconds_since(*slot.last_inbound, report.at));
        for (const auto& [cause, count] : slot.reconnects_by_cause) {
            reconnects.Add({{"slot", std::to_string(number)}, {"cause", cause}})
                .Increment(static_cast<double>(count));
        }
    }
}

void add_arrivals(Registry& registry, const Dispatcher::Health& dispatcher) {
    auto& redelivered = BuildCounter()
                            .Name("countersign_envelopes_redelivered_total")
                            .Help("Envelopes that Slack sent again, by attempt; 3 means three and more.")
                            .Register(registry);
    const auto& attempts = dispatcher.intake.redelivered;
    for (std::size_t attempt = 0; attempt < attempts.size(); ++attempt) {
        redelivered.Add({{"attempt", std::to_string(attempt + 1)}})
            .Increment(static_cast<double>(attempts.at(attempt)));
    }
    counter(registry, "countersign_envelopes_late_total",
            "Envelopes received more than a minute after their event.", dispatcher.intake.late);
    const auto& times = dispatcher.ack_times;
    BuildHistogram()
        .Name("countersign_ack_seconds")
        .Help("From receipt to the acknowledgement's way out.")
        .Register(registry)
        .Add({}, prometheus::Histogram::BucketBoundaries(times.bounds.begin(), times.bounds.end()))
        .ObserveMultiple({times.counts.begin(), times.counts.end()}, times.sum);
}

void add_socket(Registry& registry, const slack::SocketCounters& counters) {
    counter(registry, "countersign_events_unacknowledged_total",
            "Events left to Slack's redelivery because the queue was full.", counters.refused);
    counter(registry, "countersign_acks_dropped_total", "Acks whose connection was gone.",
            counters.acks_dropped);
    counter(registry, "countersign_acks_interim_total", "Empty acks because the answer took 2.5 s.",
            counters.interim_acks);
    counter(registry, "countersign_socket_noise_total", "Messages that are no envelopes.",
            counters.noise + counters.binary);
}

}  // namespace

std::string metrics_text(const HealthReport& report, const storage::Outbox::Depth& outbox) {
    Registry registry;
    const auto& dispatcher = report.dispatcher;
    gauge(registry, "countersign_ready", "1 when connected and the database is writable.",
          report.ready() ? 1 : 0);
    gauge(registry, "countersign_storage_ok", "1 when the last commit went through.",
          dispatcher.storage_ok ? 1 : 0);
    gauge(registry, "countersign_queue_depth", "Envelopes that wait for the dispatcher.",
          static_cast<double>(dispatcher.queued));
    counter(registry, "countersign_envelopes_handled_total", "Envelopes handled.", dispatcher.intake.handled);
    counter(registry, "countersign_envelopes_duplicate_total", "Envelopes that had been seen before.",
            dispatcher.intake.duplicates);
    counter(registry, "countersign_envelopes_failed_total", "Envelopes whose handler failed.",
            dispatcher.intake.failed);
    counter(registry, "countersign_envelopes_unknown_total", "Envelopes that nobody understood.",
            dispatcher.intake.unknown);
    counter(registry, "countersign_envelopes_refused_total", "Envelopes refused because the queue was full.",
            dispatcher.busy);
    counter(registry, "countersign_commits_total", "Transactions committed.", dispatcher.commits);
    gauge(registry, "countersign_slack_connections", "Connections of this app as Slack counts them.",
          report.socket.num_connections);
    gauge(registry, "countersign_outbox_pending", "Effects that wait to be sent.",
          static_cast<double>(outbox.pending));
    gauge(registry, "countersign_outbox_claimed", "Effects under way.", static_cast<double>(outbox.claimed));
    add_slots(registry, report);
    add_arrivals(registry, dispatcher);
    add_socket(registry, report.socket.counters);
    return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace countersign::bot

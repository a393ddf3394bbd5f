#include "tests/bench/trackers.hpp"

#include "tests/support/issue_story.hpp"
#include "tests/support/thousand_links.hpp"

#include <ctime>
#include <stdexcept>

namespace countersign::bench {
namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Signed, taken back and talked about for months.
tests::IssueStory long_issue() {
    tests::IssueStory story;
    for (int round = 0; round < 30; ++round) {
        story.label(tests::IssueStory::security_label, round % 2 == 0, tests::IssueStory::sec);
        story.comment(tests::IssueStory::outsider, std::string(500, 'x'));
        story.comment(tests::IssueStory::legal, round % 2 == 0 ? "approved: Legal" : "revoke: Legal");
    }
    story.sign_all();
    return story;
}

template <class Work>
double seconds_each(int times, const Work& work) {
    const double before = cpu_seconds();
    for (int time = 0; time < times; ++time)
        work();
    return (cpu_seconds() - before) / times;
}

void measure_verdicts(Report& report) {
    const auto story = long_issue();
    const auto stored = storage::to_json(story.facts);
    constexpr int times = 2'000;
    const double parsing = seconds_each(times, [&] {
        if (!storage::parse_issue_facts(stored)) throw std::runtime_error("the facts cannot be read back");
    });
    const double judging = seconds_each(times, [&] {
        if (story.judged().verdict != handlers::review::Verdict::approved)
            throw std::runtime_error("the issue should be approved");
    });
    report.note("verdicts on an issue of 32 label events and 60 comments", 1 / judging, "/s");
    report.note("a verdict / parsing the issue's facts", judging / parsing, "x");
}

void measure_polling(Report& report, config::TrackerKind kind, const std::string& name) {
    constexpr int minutes = 60;
    tests::ThousandLinks links(kind);
    links.start();
    const double before = cpu_seconds();
    links.run(std::chrono::minutes(minutes));
    report.note(fmt::format("polling 1,000 links on {}, requests a minute", name),
                static_cast<double>(links.requests()) / minutes, "");
    report.note(fmt::format("polling 1,000 links on {}, CPU a minute", name),
                (cpu_seconds() - before) / minutes * 1'000, "ms");
}

}  // namespace

void measure_trackers(Report& report) {
    measure_verdicts(report);
    measure_polling(report, config::TrackerKind::gitlab, "GitLab");
    measure_polling(report, config::TrackerKind::github, "GitHub");
}

}  // namespace countersign::bench

#include "bot/commands/csv.hpp"
#include "bot/commands/inventory_commands.hpp"
#include "bot/commands/record_commands.hpp"
#include "bot/commands/record_filter.hpp"
#include "bot/commands/record_pages.hpp"
#include "bot/commands/report.hpp"
#include "bot/commands/standing_deviations.hpp"
#include "config/base/text.hpp"
#include "storage/audit.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/stat.h>

namespace countersign::bot::commands {
namespace {

namespace fs = std::filesystem;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text::cleaned(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

struct Figures {
    std::map<std::string, std::int64_t> asked;  // by month
    std::map<std::string, std::int64_t> by_state;
    std::map<std::string, std::int64_t> days_taken;  // decided within so many days
    std::string rows;                                // of the table of requests
    std::int64_t requests = 0, entries = 0, deviations = 0;
};

std::string bucket(std::chrono::milliseconds taken) {
    const auto days = std::chrono::duration_cast<std::chrono::days>(taken).count();
    return days < 1    ? "0: a day"
           : days < 3  ? "1: 3 days"
           : days < 7  ? "2: a week"
           : days < 30 ? "3: a month"
                       : "4: longer";
}

void count(Figures& figures, const storage::AppRequest& request) {
    ++figures.requests;
    ++figures.asked[to_rfc3339(request.created_at).substr(0, 7)];
    ++figures.by_state[std::string(storage::to_text(request.state))];
    if (request.decided_at) ++figures.days_taken[bucket(*request.decided_at - request.created_at)];
    figures.rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", to_text(request.id),
        escaped(request.app_name.empty() ? request.app_id.value : request.app_name),
        storage::to_text(request.state), to_rfc3339(request.created_at),
        request.decided_at ? to_rfc3339(*request.decided_at) : "", escaped(request.decided_by.value));
}

// Bars with their numbers beside them: read the same in print and without colour.
std::string chart(std::string_view title, const std::map<std::string, std::int64_t>& bars) {
    std::int64_t most = 1;
    for (const auto& [label, value] : bars)
        most = std::max(most, value);
    std::string out =
        fmt::format("<figure><figcaption>{}</figcaption><svg width=\"640\" height=\"{}\" role=\"img\">\n",
                    title, 24 * std::max<std::size_t>(bars.size(), 1));
    int line = 0;
    for (const auto& [label, value] : bars) {
        const auto shown = label.size() > 3 && label[1] == ':' ? label.substr(3) : label;
        out += fmt::format(
            "<text x=\"0\" y=\"{0}\">{1}</text><rect x=\"140\" y=\"{2}\" width=\"{3}\" height=\"16\" "
            "fill=\"#36609a\"/><text x=\"{4}\" y=\"{0}\">{5}</text>\n",
            24 * line + 16, escaped(shown), 24 * line + 4, 440 * value / most, 146 + 440 * value / most,
            value);
        ++line;
    }
    return out + "</svg></figure>\n";
}

std::string index_page(const RecordFilter& filter, const Figures& figures,
                       const storage::AuditVerdict& verdict) {
    const auto period = fmt::format("{} to {}", filter.since.empty() ? "the beginning" : filter.since,
                                    filter.until.empty() ? "today" : filter.until);
    return fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Countersign: "
        "evidence</title>\n"
        "<style>body{{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}"
        "td,th{{text-align:left;padding:.2em .8em .2em 0;border-bottom:1px solid #ccc}}svg "
        "text{{font-size:13px}}"
        "</style></head><body>\n<h1>App approval: evidence</h1>\n<p>Period: {}{}{}. Made on {}. Times are "
        "UTC; "
        "those of requests, votes and decisions are as Slack or the tracker told them where they did, else "
        "Countersign's own clock; the audit log's are Countersign's.</p>\n<p>{} requests, {} audit entries, "
        "{} "
        "deviations. Audit log: {}.</p>\n<ul>\n<li><a href=\"requests.json\">requests.json</a>: everything "
        "about "
        "each request: scopes, votes, evidence, decisions, the policy that held</li>\n<li><a "
        "href=\"requests.csv\">requests.csv</a></li>\n<li><a href=\"audit.json\">audit.json</a>, <a "
        "href=\"audit.csv\">audit.csv</a>: the audit log of the period, with its hashes</li>\n<li><a "
        "href=\"deviations.csv\">deviations.csv</a>: what went another way than it should by the audit log, "
        "then a gap in that log itself, what is "
        "installed without an approval and what the records contradict today</li>\n<li><a "
        "href=\"recheck.json\">recheck.json</a>: every decision worked out again, and who had a hand in one "
        "twice</li>\n<li><a "
        "href=\"inventory.csv\">inventory.csv</a>: what is and was installed</li>\n</ul>\n{}{}{}"
        "<h2>Requests</h2>\n<table><tr><th>Request</th><th>App</th><th>State</th><th>Asked</th><th>Decided</"
        "th>"
        "<th>By</th></tr>\n{}</table>\n</body></html>\n",
        escaped(period), filter.app.empty() ? "" : ", app " + escaped(filter.app),
        filter.person.empty() ? "" : ", person " + escaped(filter.person), to_rfc3339(system_clock().now()),
        figures.requests, figures.entries, figures.deviations,
        verdict.first_broken
            ? fmt::format("BROKEN at entry {} ({})", *verdict.first_broken, escaped(verdict.reason))
            : fmt::format("whole, {} entries from the first", verdict.entries),
        chart("Requests by month", figures.asked), chart("Requests by state", figures.by_state),
        chart("Decided within", figures.days_taken), figures.rows);
}

// What cannot be written is said once, at the end.
class Folder {
  public:
    explicit Folder(fs::path path) : path_(std::move(path)) {}
    void write(const char* name, const std::function<void(std::ostream&)>& content) {
        std::ofstream out(path_ / name, std::ios::binary);
        content(out);
        out.close();
        if (!out) failed_ = failed_.empty() ? (path_ / name).string() : failed_;
    }
    [[nodiscard]] const std::string& failed() const { return failed_; }

  private:
    fs::path path_;
    std::string failed_;
};

}  // namespace

int export_evidence(const Call& call, const RecordFilter& filter, const std::string& folder) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    auto asked = filter;
    asked.deviations = false;
    auto only = filter;
    only.deviations = true;
    const auto records = Records::make(*database, asked);
    const auto deviations = Records::make(*database, only);
    if (!records || !deviations) {
        call.err << "countersign: " << one_line(records.error().text) << '\n';
        return exit_usage;
    }
    // A new folder, readable by nobody else: it says who asked for what.
    if (::mkdir(folder.c_str(), 0700) != 0)
        return report(
            call, Failure(Errc::invalid_argument, fmt::format("{} cannot be made as a new folder: {}", folder,
                                                              std::generic_category().message(errno))));
    Figures figures;
    records->for_each_request([&](const auto& request) { count(figures, request); });
    records->for_each_entry([&](const auto&) { ++figures.entries; });
    deviations->for_each_entry([&](const auto&) { ++figures.deviations; });
    std::ostringstream recheck;
    (void)recheck_records(Call{call.config, true, recheck, call.err}, asked);
    const auto verdict = storage::verify_audit(*database);
    const auto standing = standing_deviations(*database, filter, *deviations, recheck.str(), verdict);
    figures.deviations += static_cast<std::int64_t>(standing.size());
    Folder out(folder);
    out.write("requests.json", [&](auto& to) { write_requests(to, *database, *records, "json"); });
    out.write("requests.csv", [&](auto& to) { write_requests(to, *database, *records, "csv"); });
    out.write("audit.json", [&](auto& to) { write_entries(to, *records, "json"); });
    out.write("audit.csv", [&](auto& to) { write_entries(to, *records, "csv"); });
    out.write("deviations.csv", [&](auto& to) {
        write_entries(to, *deviations, "csv");
        for (const auto& each : standing)  // in the columns of the log, which has no entry of them
            print_csv_line(
                to, {"", to_rfc3339(each.at), each.who, each.what, each.subject, each.details, "", ""});
    });
    out.write("inventory.csv", [&](auto& to) {
        (void)export_inventory(Call{call.config, false, to, call.err}, {.app = filter.app}, "csv");
    });
    out.write("recheck.json", [&](auto& to) { to << recheck.str(); });
    out.write("index.html", [&](auto& to) { to << index_page(filter, figures, verdict); });
    if (!out.failed().empty())
        return report(call, Failure(Errc::storage, fmt::format("{} cannot be written", out.failed())));
    call.out << fmt::format("wrote {}: {} requests, {} audit entries, {} deviations\n", folder,
                            figures.requests, figures.entries, figures.deviations);
    return verdict.first_broken ? exit_no : exit_ok;
}

}  // namespace countersign::bot::commands

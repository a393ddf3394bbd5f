// `./dev simulate --seed N --events M [--runs R] [--days D] [--keep FILE] [--workspace]`: plays the run of
// a seed, or of R seeds from N on; prints what they met and what did not hold. With days, the events are
// spread over so many, and the rows of each table are printed day by day. With `--workspace` it is played
// without the Admin API. With a file, the last run's database is kept there. Exit code 1: something did not
// hold; its seed plays it again.

#include "config/base/log.hpp"
#include "tests/simulation/simulation.hpp"

#include <charconv>
#include <iostream>
#include <string_view>

namespace {

using namespace countersign;

bool number(std::string_view text, unsigned& value) {
    return std::from_chars(text.data(), text.data() + text.size(), value).ptr == text.data() + text.size() &&
           !text.empty();
}

void add(std::map<std::string, int>& sums, const std::map<std::string, int>& counts) {
    for (const auto& [what, count] : counts)
        sums[what] += count;
}

void print(const std::map<std::string, int>& counts) {
    for (const auto& [what, count] : counts)
        std::cout << count << "\t" << what << "\n";
}

void print_days(const std::vector<simulation::TableRows>& days) {
    if (days.empty()) return;
    std::cout << "day";
    for (const auto& [table, rows] : days.back())
        std::cout << "\t" << table;
    for (std::size_t day = 0; day < days.size(); ++day) {
        std::cout << "\n" << day + 1;
        for (const auto& [table, last] : days.back())
            std::cout << "\t" << (days[day].contains(table) ? days[day].at(table) : 0);
    }
    std::cout << "\n";
}

}  // namespace

int main(int argc, char** argv) {
    unsigned seed = 1;
    unsigned events = 400;
    unsigned runs = 1;
    unsigned days = 0;
    bool workspace = false;
    std::string keep;
    for (int word = 1; word < argc; word += 2) {
        const std::string_view name = argv[word];
        if (name == "--workspace") {
            workspace = true;
            --word;
            continue;
        }
        if (name == "--keep" && word + 1 < argc) {
            keep = argv[word + 1];
            continue;
        }
        unsigned* target = name == "--seed"     ? &seed
                           : name == "--events" ? &events
                           : name == "--runs"   ? &runs
                           : name == "--days"   ? &days
                                                : nullptr;
        if (target == nullptr || word + 1 == argc || !number(argv[word + 1], *target)) {
            std::cerr << "usage: countersign_simulate [--seed N] [--events N] [--runs N] [--days N] [--keep "
                         "FILE] [--workspace]\n";
            return 2;
        }
    }
    log::set_level(log::Level::error);
    std::map<std::string, int> met;
    std::map<std::string, int> pairs;
    unsigned failed = 0;
    for (unsigned run = 0; run < runs; ++run) {
        const auto report = simulation::simulate({.seed = seed + run,
                                                  .events = static_cast<int>(events),
                                                  .workspace = workspace,
                                                  .days = std::chrono::days(days),
                                                  .keep = keep});
        for (const auto& sentence : report.broken)
            std::cout << "seed " << seed + run << ": " << sentence << "\n";
        failed += report.held() ? 0 : 1;
        print_days(report.days);
        add(met, report.met);
        add(pairs, report.pairs);
    }
    print(met);
    std::cout << "\nfaults that befell one and the same envelope or call:\n";
    print(pairs);
    std::cout << "\n";
    std::cout << runs - failed << " of " << runs << " runs held\n";
    return failed == 0 ? 0 : 1;
}

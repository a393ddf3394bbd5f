#include "handlers/views/scope_list.hpp"
#include "handlers/views/scope_words.hpp"
#include "tests/support/view_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace countersign;
using namespace countersign::handlers::views;
using countersign::tests::make_scope;
using storage::Scope;
using storage::TokenType;

Risk risk(const char* name, TokenType type = TokenType::bot) {
    return describe(make_scope(name, type)).risk;
}

bool hints(const std::vector<Scope>& scopes, std::string_view part) {
    const auto all = combinations(scopes);
    return std::ranges::any_of(all, [&](const auto& hint) { return hint.contains(part); });
}

}  // namespace

TEST_CASE("R6: scopes are said in plain words with a risk that depends on whose token it is") {
    CHECK(describe(make_scope("channels:history", TokenType::bot)).words ==
          "Read messages in public channels");
    CHECK(risk("chat:write") == Risk::low);
    CHECK(risk("chat:write", TokenType::user) == Risk::high);
    CHECK(risk("im:history") == Risk::medium);
    CHECK(risk("im:history", TokenType::user) == Risk::critical);
    CHECK(risk("admin.users:write", TokenType::user) == Risk::critical);
    CHECK(risk("emoji:read") == Risk::low);
    // Where Slack does not say whose token it is, the worse is assumed.
    CHECK(risk("im:history", TokenType::unknown) == Risk::critical);
    // What the published policy always refuses is high or worse (domain.md §6.4).
    for (const auto* name : {"chat:write.customize", "chat:write.public", "channels:join", "users:read.email",
                             "users.profile:write", "team.billing:read"}) {
        CAPTURE(name);
        CHECK(risk(name) >= Risk::high);
    }
}

TEST_CASE(
    "P18: an unknown scope counts as high, an unknown administrative one as critical, and both say so") {
    const auto unknown = describe(make_scope("quantum:read", TokenType::bot, "Reads <quanta>"));
    CHECK(!unknown.known);
    CHECK(unknown.risk == Risk::high);
    CHECK(unknown.words == "Not known here; Slack says: Reads &lt;quanta&gt;");
    CHECK(describe(make_scope("quantum:read", TokenType::bot)).words == "Not known here");
    CHECK(risk("admin.quantum:write") == Risk::critical);
    CHECK(risk("") == Risk::high);
    CHECK(risk("channels:HISTORY") == Risk::high);
    // Slack's own mark raises, and never lowers.
    auto marked = make_scope("emoji:read", TokenType::bot);
    marked.sensitive = true;
    CHECK(describe(marked).risk == Risk::high);
    marked = make_scope("search:read", TokenType::user);
    marked.sensitive = true;
    CHECK(describe(marked).risk == Risk::critical);
}

TEST_CASE("P19: dangerous combinations are explained, across bot and user tokens") {
    CHECK(combinations({}).empty());
    CHECK(combinations({make_scope("chat:write", TokenType::bot), make_scope("commands", TokenType::bot)})
              .empty());
    CHECK(hints({make_scope("channels:history", TokenType::bot), make_scope("files:read", TokenType::user)},
                "messages and files"));
    CHECK(hints({make_scope("admin.users:read", TokenType::user), make_scope("files:read", TokenType::bot)},
                "administers"));
    CHECK(hints({make_scope("channels:join", TokenType::bot), make_scope("channels:history", TokenType::bot)},
                "joins public channels"));
    CHECK(hints({make_scope("search:read", TokenType::user), make_scope("chat:write", TokenType::user)},
                "answers as the person"));
    CHECK(!hints({make_scope("search:read", TokenType::user), make_scope("chat:write", TokenType::bot)},
                 "answers as the person"));
    CHECK(hints(
        {make_scope("groups:history", TokenType::bot), make_scope("chat:write.customize", TokenType::bot)},
        "impersonate"));
}

TEST_CASE("the list begins with the most dangerous scope, and counts every risk") {
    const std::vector<Scope> scopes{make_scope("emoji:read", TokenType::bot),
                                    make_scope("search:read", TokenType::user),
                                    make_scope("channels:history", TokenType::bot)};
    CHECK(riskiest_first(scopes)[0].scope->name == "search:read");
    CHECK(riskiest_first(scopes)[2].scope->name == "emoji:read");
    CHECK(scope_counts(scopes) == "3 permissions: 1 critical, 1 high, 1 low");
    CHECK(scope_counts({make_scope("emoji:read", TokenType::bot)}) == "1 permission: 1 low");
    CHECK(scope_counts({}) == "no permissions named");
    CHECK(scope_names(scopes, 200) == "search:read (critical), channels:history (high), emoji:read (low)");
    CHECK(scope_names(scopes, 60) == "search:read (critical), and 2 more");
}

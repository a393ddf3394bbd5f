#include "tests/sandbox/sign_in.hpp"

#include <fmt/format.h>

namespace countersign::sandbox {

SignIn::SignIn() {
    server_.ask_before_granting(client_id);
}

nlohmann::json SignIn::describe() const {
    return {{"url", server_.url()}, {"code", server_.code_to_confirm()}};
}

void SignIn::act(const std::string& login, const nlohmann::json& body) {
    const bool allow = body.value("allow", false);
    server_.confirm(body.value("code", ""), allow,
                    {.value = fmt::format("sandbox-token-{}", ++granted_), .login = login, .id = 1});
}

std::string SignIn::sections() const {
    std::string out;
    for (const auto* name : {"it", "changes"})
        out += fmt::format(
            "\n[[tracker]]\nname = \"{}\"\nkind = \"gitlab\"\nurl = \"{}\"\nprojects = [\"it/{}\"]\n"
            "purpose = \"{}\"\n",
            name, server_.url(), name, name == std::string("it") ? "it-request" : "change");
    return out;
}

}  // namespace countersign::sandbox

#include "bot/commands/slack_probe.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <exception>

namespace countersign::bot::commands {
namespace {

// Passes calls on and keeps the last answer's headers and failure, which WebApi has no use for.
class Listening final : public net::HttpClient {
  public:
    explicit Listening(std::unique_ptr<net::HttpClient> inner) : inner_(std::move(inner)) {}

    net::Awaitable<Result<net::HttpResponse>> send(net::HttpRequest request) override {
        auto response = co_await inner_->send(std::move(request));
        last = net::HttpResponse{};
        failure.clear();
        if (response)
            last.headers = response->headers;
        else
            failure = response.error().text;
        co_return response;
    }
    void close_idle() override { inner_->close_idle(); }

    net::HttpResponse last;
    std::string failure;

  private:
    std::unique_ptr<net::HttpClient> inner_;
};

}  // namespace

struct SlackProbe::Impl {
    Impl(const config::Settings& settings, const config::Secrets& secrets,
         std::shared_ptr<net::TlsContext> tls)
        : http(net::make_http_client(io.get_executor(), std::move(tls),
                                     net::route_from_environment(settings.slack.proxy))),
          api(http, settings.slack.api_url, secrets) {}

    net::asio::io_context io{1};
    Listening http;
    slack::WebApi api;
};

SlackProbe::SlackProbe(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SlackProbe::SlackProbe(SlackProbe&&) noexcept = default;
SlackProbe::~SlackProbe() = default;

Result<SlackProbe> SlackProbe::make(const config::Settings& settings, const config::Secrets& secrets) {
    auto tls = net::TlsContext::make(settings.slack.ca_file);
    if (!tls) return std::unexpected(tls.error());
    return SlackProbe(std::make_unique<Impl>(settings, secrets, std::move(*tls)));
}

SlackProbe::Answer SlackProbe::ask(const std::string& method, storage::TokenKind token,
                                   const std::string& args) {
    constexpr std::chrono::seconds limit{10};
    slack::ApiAnswer answer;
    std::exception_ptr bug;
    net::asio::co_spawn(impl_->io, impl_->api.call(method, token, args, limit),
                        [&](const std::exception_ptr& thrown, slack::ApiAnswer got) {
                            bug = thrown;
                            answer = std::move(got);
                            impl_->http.close_idle();  // so that the loop ends with the answer
                        });
    impl_->io.restart();
    impl_->io.run();
    if (bug) std::rethrow_exception(bug);

    Answer out{.ok = answer.error.empty(),
               .reached = answer.http_status != 0,
               .forbidden = answer.meaning == slack::ApiMeaning::human,
               .error = answer.error,
               .why = {},
               .body = answer.body,
               .scopes = std::string(impl_->http.last.header("x-oauth-scopes")),
               .date = std::string(impl_->http.last.header("date")),
               .retry_after = answer.retry_after};
    if (out.ok) return out;
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    const std::string needed = body.is_object() && body.contains("needed") && body["needed"].is_string()
                                   ? fmt::format(" (needs {})", body["needed"].get<std::string>())
                                   : "";
    const auto advice = slack::api_advice(answer.error);
    out.why = fmt::format("{}{}: {}", answer.error, needed,
                          out.reached || impl_->http.failure.empty() ? advice : impl_->http.failure);
    return out;
}

}  // namespace countersign::bot::commands

#include "bot/status_pages.hpp"

#include "bot/metrics.hpp"
#include "config/base/log.hpp"
#include "storage/database.hpp"
#include "storage/storage_error.hpp"

#include <utility>

namespace countersign::bot {
namespace {

constexpr std::string_view oauth_callback = "/oauth/callback", below_oauth_callback = "/oauth/callback/";

class NoPages final : public StatusPages {};

class ListeningPages final : public StatusPages {
  public:
    ListeningPages(net::asio::any_io_executor executor, std::filesystem::path database,
                   std::function<HealthReport()> report, OauthPage callback, net::HttpListener::Posts posts)
        : database_(std::move(database)),
          report_(std::move(report)),
          callback_(std::move(callback)),
          listener_(
              std::move(executor),
              [this](std::string_view method, std::string_view path, std::string_view query) {
                  const bool led_back = path == oauth_callback || path.starts_with(below_oauth_callback);
                  return led_back && callback_ && method == "GET" ? callback_(path, query) : answer(path);
              },
              std::move(posts)) {}

    Result<std::uint16_t> start(const std::string& listen) { return listener_.start(listen); }

  private:
    net::HttpAnswer answer(std::string_view path) const {
        const HealthReport report = report_();
        if (path == "/healthz") return verdict(report.alive(), report);
        if (path == "/readyz") return verdict(report.ready(), report);
        if (path == "/metrics") {
            return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(report, outbox_depth())};
        }
        return {404, "text/plain; charset=utf-8", "try /healthz, /readyz or /metrics\n"};
    }

    static net::HttpAnswer verdict(bool good, const HealthReport& report) {
        return {good ? 200 : 503, "text/plain; charset=utf-8",
                (good ? "ok: " : "not ok: ") + report.summary() + "\n"};
    }

    storage::Outbox::Depth outbox_depth() const {
        try {
            auto reader = storage::Database::open_reader(database_);
            return reader ? storage::Outbox(*reader).depth() : storage::Outbox::Depth{};
        } catch (const std::exception& error) {
            if (!storage::storage_trouble(error)) throw;
            log::error("outbox_unreadable", {{"error", error.what()}});
            return {};
        }
    }

    std::filesystem::path database_;
    std::function<HealthReport()> report_;
    OauthPage callback_;
    net::HttpListener listener_;
};

}  // namespace

Result<std::shared_ptr<StatusPages>> serve_status_pages(net::asio::any_io_executor executor,
                                                        const config::Settings& settings,
                                                        std::function<HealthReport()> report,
                                                        OauthPage callback, net::HttpListener::Posts posts) {
    if (settings.http_listen.empty()) return std::make_shared<NoPages>();
    auto pages = std::make_shared<ListeningPages>(std::move(executor), settings.database, std::move(report),
                                                  std::move(callback), std::move(posts));
    const auto port = pages->start(settings.http_listen);
    if (!port) return std::unexpected(port.error().during("listening on http.listen"));
    log::notice("http_listening", {{"port", *port}});
    return pages;
}

}  // namespace countersign::bot

#include "bot/command_line.hpp"

#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/commands.hpp"
#include "bot/commands/inventory_commands.hpp"
#include "bot/commands/record_commands.hpp"
#include "bot/commands/report.hpp"
#include "bot/commands/slackbot_commands.hpp"
#include "config/base/text.hpp"
#include "storage/records.hpp"
#include "storage/storage_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ostream>

namespace countersign::bot {
namespace {

using commands::Call;

// What the arguments say; filled while they are read, used after.
struct Arguments {
    std::string config = "/etc/countersign/countersign.toml";
    bool json = false;
    bool watch = false;
    bool not_understood = false;
    commands::RequestFilter filter;
    std::string id;
    std::string file;
    commands::NewAuthorization authorization;
    commands::OauthRegistration oauth_app;
    commands::Removal removal;
    commands::RecordFilter records;
    commands::InventoryFilter inventory;
    commands::InventoryImport import;
    std::string format = "json";
    std::function<int(const Call&)> command;
};

class Tree {
  public:
    explicit Tree(Arguments& arguments) : arguments_(&arguments) {
        app_.option_defaults()->ignore_case(false);
        add_config(app_);
        app_.require_subcommand(1);
        app_.failure_message([](const CLI::App* app, const CLI::Error& error) {
            return "countersign: " + complaint(*app, error) + "\nRun with --help for more information.\n";
        });
        app_.get_formatter()->column_width(36);
        add_daemon();
        add_requests();
        add_records();
        add_inventory();
        add_authorizations();
        add_files();
    }
    CLI::App& app() { return app_; }

  private:
    // Before the command and after it: `countersign check --config FILE`, and in the help of each.
    void add_config(CLI::App& app) {
        app.add_option("--config", arguments_->config, "The configuration file")
            ->type_name("FILE")
            ->capture_default_str();
    }

    using Command = std::function<int(const Call&)>;

    CLI::App* group(const std::string& name, const std::string& text) {
        auto* made = app_.add_subcommand(name, text);
        made->require_subcommand(1);
        return made;
    }

    CLI::App* leaf(CLI::App& parent, const std::string& name, const std::string& text, Command command) {
        auto* made = parent.add_subcommand(name, text);
        add_config(*made);
        made->callback([this, command = std::move(command)] { arguments_->command = command; });
        return made;
    }

    CLI::App* printing(CLI::App& parent, const std::string& name, const std::string& text, Command command) {
        auto* made = leaf(parent, name, text, std::move(command));
        made->add_flag("--json", arguments_->json, "Print one JSON object");
        return made;
    }

    void add_daemon() {
        leaf(app_, "run", "Run the daemon", commands::run);
        printing(app_, "check",
                 "Check configuration, tokens, channels, groups and database, and name each fault",
                 [this](const Call& call) {
                     return arguments_->watch ? commands::watch(call) : commands::check(call);
                 })
            ->add_flag("--watch", arguments_->watch,
                       "For monitoring: only whether the running daemon can act; exit code 0 yes, 1 no");
        leaf(app_, "init", "Write a commented example configuration to --config; never overwrites",
             commands::init);
        printing(app_, "status", "Show requests by state, what waits to be sent, and whether the daemon runs",
                 commands::status);
        printing(app_, "slackbot-samples",
                 "List what Slackbot wrote, redacted, one for each shape: to teach its wording",
                 [this](const Call& call) {
                     return commands::list_slackbot_samples(call, arguments_->not_understood);
                 })
            ->add_flag("--not-understood", arguments_->not_understood, "Only what a person had to look at");
        printing(app_, "manifest", "Print the Slack app manifest", commands::manifest);
        printing(app_, "version", "Print the version", commands::version);
    }

    void add_requests() {
        auto* requests = group("requests", "Look at app requests");
        auto* list = printing(*requests, "list", "List requests, newest first",
                              [this](const Call& call) { return list_requests(call, arguments_->filter); });
        list->add_option("--state", arguments_->filter.state, "Only in this state, such as in_review")
            ->check(known_state());
        list->add_option("--app", arguments_->filter.app, "Only for this app, by id or name");
        list->add_option("--requester", arguments_->filter.requester, "Only by this user id");
        list->add_option("--limit", arguments_->filter.limit, "At most so many")
            ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
            ->capture_default_str();
        printing(*requests, "show", "Show all that is known about one request",
                 [this](const Call& call) { return show_request(call, arguments_->id); })
            ->add_option("id", arguments_->id, "REQ-12 or Slack's Ar…")
            ->required();
        auto* exported =
            printing(*requests, "export", "Print all that is known of requests", [this](const Call& call) {
                arguments_->records.format = arguments_->format;
                return export_requests(call, arguments_->records);
            });
        filter_records(*exported);
        add_format(*exported);
    }

    void add_records() {
        auto* audit = group("audit", "Look at the audit log");
        printing(*audit, "verify", "Check that no entry was changed, removed or inserted",
                 commands::verify_audit);
        auto* exported = printing(*audit, "export", "Print the entries, or write a folder of evidence",
                                  [this](const Call& call) {
                                      arguments_->records.format = arguments_->format;
                                      if (!arguments_->file.empty())
                                          return export_evidence(call, arguments_->records, arguments_->file);
                                      return export_audit(call, arguments_->records);
                                  });
        filter_records(*exported);
        add_format(*exported);
        exported->add_flag(
            "--deviations", arguments_->records.deviations,
            "Only what went another way than it should, by the log; --pack adds what stands so today");
        exported
            ->add_option(
                "--pack", arguments_->file,
                "A new folder: requests, audit log, inventory, deviations, an index page with charts")
            ->type_name("FOLDER");
        filter_records(
            *printing(*audit, "recheck",
                      "Work every decision out again from the votes, readings and policy kept with it",
                      [this](const Call& call) { return recheck_records(call, arguments_->records); }));
        auto* erase =
            printing(*audit, "erase-person",
                     "Take a person's name and words out of everything but votes, decisions and audit log",
                     [this](const Call& call) {
                         return erase_person(call, arguments_->id, arguments_->removal.confirm);
                     });
        erase->add_option("id", arguments_->id, "The Slack user id")->required();
        erase->add_option("--confirm", arguments_->removal.confirm, "The id once more; default: asked for");
        auto* policy = group("policy", "Look at the policy");
        printing(*policy, "explain", "Show which parties a request needs, and why", [this](const Call& call) {
            return explain_policy(call, arguments_->id);
        })->add_option("id", arguments_->id, "REQ-12 or Slack's Ar…; default: any request");
        printing(*policy, "replay", "Show which past requests another policy would have treated otherwise",
                 [this](const Call& call) { return replay_policy(call, arguments_->file); })
            ->add_option("--policy", arguments_->file, "The policy to try; default: the one in force")
            ->type_name("FILE");
    }

    void filter_records(CLI::App& command) {
        auto& filter = arguments_->records;
        command.add_option("--app", filter.app, "Only about this app, by id or name");
        command.add_option("--person", filter.person, "Only what this user id asked, voted, decided or did");
        command.add_option("--since", filter.since, "From this day on, such as 2026-01-01 (UTC)");
        command.add_option("--until", filter.until, "Up to and with this day");
    }

    void filter_inventory(CLI::App& command) {
        auto& filter = arguments_->inventory;
        command.add_option("--state", filter.state, "Only installed, or only removed")
            ->check(CLI::IsMember({"installed", "removed"}));
        command.add_option("--app", filter.app,
                           "Only with this in the name, or with this app or workspace id");
        command.add_option("--owner", filter.owner, "Only those this user id answers for");
        command.add_flag("--unapproved", filter.unapproved,
                         "Only installed apps that no approval is known of");
    }

    void add_inventory() {
        auto* inventory = group("inventory", "Look at the installed apps, and take them over from Slack");
        filter_inventory(
            *printing(*inventory, "list", "List installed apps, by name",
                      [this](const Call& call) { return list_inventory(call, arguments_->inventory); }));
        auto* exported = printing(
            *inventory, "export", "Print all that is known of installed apps", [this](const Call& call) {
                return export_inventory(call, arguments_->inventory, arguments_->format);
            });
        filter_inventory(*exported);
        add_format(*exported);
        auto* import =
            printing(*inventory, "import", "Record what Slack's integration log says is installed",
                     [this](const Call& call) { return import_inventory(call, arguments_->import); });
        import
            ->add_option("--from", arguments_->import.files,
                         "A saved answer of team.integrationLogs, or a list of them; may be repeated")
            ->type_name("FILE");
        import->add_option("--team", arguments_->import.team, "The workspace that the files are of");
    }

    void add_format(CLI::App& command) {
        command.add_option("--format", arguments_->format, "json or csv")
            ->check(CLI::IsMember({"json", "csv"}))
            ->capture_default_str();
    }

    void add_authorizations() {
        auto* authorizations = group("authorizations", "Look at and change stored authorizations");
        printing(*authorizations, "list", "List authorizations; never their secrets",
                 commands::list_authorizations);
        auto& made = arguments_->authorization;
        auto* add =
            printing(*authorizations, "add", "Store an authorization that integrations can use",
                     [this](const Call& call) { return add_authorization(call, arguments_->authorization); });
        add->add_option("--kind", made.kind, "gitlab, github or slack")->required();
        add->add_option("--url", made.url,
                        "The server, such as https://gitlab.example.com; for slack not needed");
        add->add_option("--name", made.name, "What people know it by")->required();
        add->add_option("--owner", made.owner, "Slack user id of who answers for it; default: the admins");
        add->add_option("--client-id", made.client_id,
                        "Of your OAuth application there, for --device and --paste; default: the registered");
        add->add_option("--redirect-url", made.redirect_url,
                        "As registered there, for --paste; the page need not exist");
        add->add_option("--client-secret-file", made.client_secret_file,
                        "A file with the application's secret, for --paste")
            ->type_name("FILE");
        add->add_flag("--reconnect", made.reconnect,
                      "The new token takes the place of the one of this kind and name; what uses it goes on");
        add->add_option("--confirm", made.confirm,
                        "With --reconnect: the name again, if the account is another one");
        auto* flow = add->add_option_group("how");
        flow->add_flag("--token-stdin", made.token_stdin, "Read a token from standard input");
        flow->add_flag("--device", made.device,
                       "Show a code to enter on the server's own page (gitlab, github)");
        flow->add_flag(
            "--paste", made.paste,
            "Show a link to follow, and read the address that it leads back to from standard input");
        flow->require_option(1);
        auto& app = arguments_->oauth_app;
        auto* registered =
            printing(*authorizations, "register",
                     "Say which OAuth application of yours people may be sent to from Slack",
                     [this](const Call& call) { return register_oauth_app(call, arguments_->oauth_app); });
        registered->add_option("--kind", app.kind, "gitlab, github or slack")->required();
        registered->add_option("--url", app.url, "The server; for slack not needed");
        registered->add_option("--client-id", app.client_id, "Its id there");
        registered
            ->add_option("--client-secret-file", app.client_secret_file,
                         "A file with its secret; without it a public client")
            ->type_name("FILE");
        registered->add_option(
            "--redirect-url", app.redirect_url,
            "As registered there; default: http.public_url with /oauth/callback, or a path "
            "below it that no other server has");
        registered->add_flag("--remove", app.remove, "Forget it and its secret");
        auto* remove =
            printing(*authorizations, "remove",
                     "Remove one, after showing what stops working; its name is typed to confirm",
                     [this](const Call& call) { return remove_authorization(call, arguments_->removal); });
        remove->add_option("name", arguments_->removal.name, "Its name, KIND/NAME, or id")->required();
        remove->add_option("--confirm", arguments_->removal.confirm,
                           "Its name once more; default: asked for on standard input");
        printing(
            *authorizations, "lost-key",
            "When COUNTERSIGN_KEY is gone for ever: wipe what it sealed, so that tokens can be stored anew",
            [this](const Call& call) { return lost_key(call, arguments_->removal.confirm); })
            ->add_option("--confirm", arguments_->removal.confirm,
                         "The word LOST; default: asked for on standard input");
        printing(*authorizations, "rotate-key",
                 "Put all secrets under the first key of COUNTERSIGN_KEY, also while the daemon runs",
                 commands::rotate_key);
    }

    void add_files() {
        printing(app_, "backup", "Write a consistent copy of the database, also while the daemon runs",
                 [this](const Call& call) { return backup(call, arguments_->file); })
            ->add_option("--to", arguments_->file, "The new file")
            ->type_name("FILE")
            ->required();
        printing(app_, "restore", "Put a backup in the database's place; the daemon must not run",
                 [this](const Call& call) { return restore(call, arguments_->file); })
            ->add_option("--from", arguments_->file, "The backup")
            ->type_name("FILE")
            ->required();
    }

    // CLI11 says only that a command is missing, also where one was misspelt.
    static std::string complaint(const CLI::App& app, const CLI::Error& error) {
        const CLI::App* group = &app;
        while (!group->get_subcommands().empty())
            group = group->get_subcommands().front();
        const auto words = app.remaining(true);
        const auto commands = group->get_subcommands([](const CLI::App*) { return true; });
        if (words.empty() || words.front().starts_with('-') || commands.empty()) return error.what();
        std::vector<std::string> names;
        names.reserve(commands.size());
        for (const CLI::App* command : commands)
            names.push_back(command->get_name());
        const std::vector<std::string_view> candidates(names.begin(), names.end());
        const auto near = text::nearest(words.front(), candidates);
        return fmt::format("there is no command \"{}\"; {}", commands::one_line(words.front()),
                           near.empty() ? "commands are " + text::joined(names, ", ")
                                        : fmt::format("did you mean {}?", near));
    }

    static CLI::Validator known_state() {
        return {[](const std::string& text) {
                    return storage::parse_request_state(text)
                               ? std::string()
                               : "is not a state; states are named as requests list shows them";
                },
                "STATE"};
    }

    Arguments* arguments_;
    CLI::App app_{"Countersign runs Slack's app-install approval process.", "countersign"};
};

int run_command(const Arguments& arguments, std::ostream& out, std::ostream& err) {
    try {
        const int code = arguments.command({arguments.config, arguments.json, out, err});
        out.flush();
        if (out) return code;
        err << "countersign: the output could not be written\n";
        return commands::exit_no;
    } catch (const std::exception& exception) {
        const auto trouble = storage::storage_trouble(exception);
        if (!trouble) throw;
        err << "countersign: " << exception.what() << "; " << storage::advice(*trouble) << '\n';
        return *trouble == storage::StorageTrouble::locked ? commands::exit_try_again : commands::exit_no;
    }
}

}  // namespace

int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
    Arguments arguments;
    Tree tree(arguments);
    try {
        tree.app().parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked = error.get_exit_code() == 0;  // --help
        tree.app().exit(error, asked ? out : err, err);
        return asked ? commands::exit_ok : commands::exit_usage;
    }
    return run_command(arguments, out, err);
}

}  // namespace countersign::bot

#pragma once

#include "bot/commands/commands.hpp"

#include <string>
#include <vector>

// The commands of the inventory of installed apps.
namespace countersign::bot::commands {

struct InventoryFilter {
    std::string state = {};  // "installed", "removed"; "" = any
    std::string app = {};    // part of a name, or an id; "" = any
    std::string owner = {};
    bool unapproved = false;  // only what no approval is known of
};
int list_inventory(const Call&, const InventoryFilter&);
// Everything known about each entry; `format` is "json" or "csv".
int export_inventory(const Call&, const InventoryFilter&, const std::string& format);

struct InventoryImport {
    std::vector<std::string> files;  // saved pages of team.integrationLogs; none: they are read from Slack
    std::string team;                // the workspace that the files are of
};
int import_inventory(const Call&, const InventoryImport&);

}  // namespace countersign::bot::commands

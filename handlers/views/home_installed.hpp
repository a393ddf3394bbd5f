#pragma once

#include "handlers/views/blocks.hpp"
#include "handlers/views/installed_list_names.hpp"
#include "handlers/views/texts.hpp"
#include "storage/installed_thing.hpp"

#include <cstddef>
#include <string>
#include <vector>

// The section of the Home tab about installed apps: one of the lists at a time, page by page.
namespace countersign::handlers::views {

struct HomeInstalled {
    struct Entry {
        storage::InstalledThing thing;
        std::string target;  // what its buttons carry
        std::size_t uses = 0;
        bool may_edit = false, may_remove = false;
    };
    struct List {
        InstalledListName name;
        std::size_t count = 0;
    };
    std::vector<List> lists;  // those that the person sees
    InstalledListName shown = InstalledListName::apps;
    std::vector<Entry> entries;
    std::size_t skip = 0, total = 0;
    bool admin = false;
};
// Two blocks an entry: with the other three lists the view stays within Slack's 100.
inline constexpr std::size_t installed_page_size = 8;

void draw_installed(Blocks& blocks, const HomeInstalled& installed, Language language);

}  // namespace countersign::handlers::views

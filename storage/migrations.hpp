#pragma once

#include <array>

// The numbered migrations: entry N leads from schema N to N + 1. An entry that was released is never changed;
// a new one is added at the end. What a migration may do: DESIGN.md.
namespace countersign::storage {

extern const std::array<const char*, 13> migrations;

}  // namespace countersign::storage

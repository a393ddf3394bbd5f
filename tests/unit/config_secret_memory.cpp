// C10: what a Secret held is gone from memory that is given back. The allocator of this program looks.
#include "config/base/secret.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view canary = "canary-of-a-secret-that-is-longer-than-any-small-string";
std::atomic<bool> watching = false;
std::atomic<int> found = 0;

void look(void* memory) {
    if (watching && memory != nullptr &&
        ::memmem(memory, ::malloc_usable_size(memory), canary.data(), canary.size()) != nullptr)
        ++found;
}

template <class Run>
int left_behind(Run run) {
    found = 0;
    watching = true;
    run();
    watching = false;
    return found;
}

}  // namespace

void* operator new(std::size_t size) {
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    look(memory);
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    look(memory);
    std::free(memory);
}

TEST_CASE("C10: a secret leaves nothing behind, however it is copied, moved, replaced or grown out of") {
    using countersign::Secret;
    CHECK(left_behind([] { const std::string plain(canary); }) == 1);  // the test can see one
    CHECK(left_behind([] { const Secret secret{std::string(canary)}; }) == 0);
    CHECK(left_behind([] {
              Secret first{std::string(canary)};
              Secret second = first;
              const Secret third = std::move(second);
              first = third;
              first = Secret(std::string("short"));
          }) == 0);
    CHECK(left_behind([] {
              std::vector<Secret> many;
              for (int at = 0; at < 10; ++at)
                  many.emplace_back(std::string(canary));
              std::optional<Secret> one = many.front();
              one.reset();
          }) == 0);
}

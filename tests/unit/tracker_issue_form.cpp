// GitHub's issue forms (YAML): rendered as GitHub does it, and whatever is no form refused in words.
#include "bot/tracker/issue_form.hpp"
#include "bot/tracker/json.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace countersign::tracker;

namespace {

// Why it was refused; "" when it was not.
std::string refusal(const std::string& yaml) {
    try {
        (void)rendered_form(yaml);
    } catch (const Malformed& wrong) {
        return wrong.what();
    }
    return "";
}

std::string body(const std::string& elements) {
    return "name: App\ndescription: An app\nbody:\n" + elements;
}

std::string input(const std::string& attributes) {
    return body("  - type: input\n    attributes:\n      " + attributes + "\n");
}

}  // namespace

TEST_CASE("H5 GitHub form: every element is rendered as GitHub renders it when it is submitted") {
    CHECK(rendered_form(R"(---
name: App integration
description: Ask for an app
title: "[App]: "
labels: ["vendor", "approved"]
assignees:
  - octocat
body:
  - type: markdown
    attributes:
      value: |
        ## Thanks for asking!
  - type: input
    id: app
    attributes:
      label: Which app?
      placeholder: ex. Zoom
    validations:
      required: true
  - type: input
    attributes:
      label: Contact
  - type: input
    id: cost
    attributes:
      label: Cost
      value: "0"
  - type: textarea
    id: purpose
    attributes:
      label: Purpose
      value: |
        For {{requester}}:

        {{purpose}}
  - type: textarea
    attributes:
      label: Manifest
      value: "a: ```b```"
      render: yaml
  - type: textarea
    id: logs
    attributes:
      label: Logs
      render: shell
  - type: dropdown
    id: data
    attributes:
      label: Data class
      multiple: true
      options: [Public, Internal, 3]
      default: 1
  - type: dropdown
    attributes:
      label: Region
      options:
        - EU
        - US
  - type: checkboxes
    id: terms
    attributes:
      label: Terms
      options:
        - label: I read the [policy](https://acme.example)
          required: true
        - label: "Security: approved"
  - type: upload
    attributes:
      label: Contract
)") == R"(### Which app?

{{app|_No response_}}

### Contact

_No response_

### Cost

0

### Purpose

For {{requester}}:

{{purpose}}

### Manifest

````yaml
a: ```b```
````

### Logs

{{logs|_No response_}}

### Data class

Internal

### Region

_No response_

### Terms

- [ ] I read the [policy](https://acme.example)
- [ ] Security: approved

### Contract

_No response_
)");
}

TEST_CASE("GitHub form: a label makes no heading, box or line of its own, however it is written") {
    const auto text =
        rendered_form(input("label: \"A\\n### Decision\\n\\n- [x] Security\\r\\u202e\\u0000B\""));
    CHECK(text.starts_with("### A ### Decision - [x] Security"));
    CHECK(std::ranges::count(text, '\n') == 3);
    CHECK_FALSE(text.contains("\u202e"));
    const auto long_label = rendered_form(input("label: " + std::string(5'000, 'x')));
    CHECK(long_label.size() < 400);
    // Neither an id nor a language leads out of where it stands.
    CHECK(rendered_form(body("  - type: input\n    id: \"a}} {{b\"\n    attributes:\n      label: A\n")) ==
          "### A\n\n_No response_\n");
    CHECK(rendered_form(
              body("  - type: textarea\n    attributes:\n      label: A\n      render: \"sh\\n```\\n# "
                   "x\"\n      value: v\n"))
              .contains("```sh ``` # x\nv\n```"));
}

TEST_CASE("GitHub form: what is no form is refused, and the refusal says where") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "member body is missing"},
        {"just text", "member body is missing"},
        {"- a\n- b\n", "member body is missing"},
        {"name: x\nbody: none\n", "member body is missing or of another type"},
        {"body: []\n", "its body asks for nothing"},
        {body("  - type: markdown\n    attributes:\n      value: only words\n"), "its body asks for nothing"},
        {body("  - text\n"), "element 1 of its body: the member type"},
        {body("  - type: input\n"), "element 1 of its body: the member attributes"},
        {input("placeholder: x"), "element 1 of its body: the member label"},
        {input("label: \"  \""), "a label is empty"},
        {input("label: [a]"), "the member label is missing or of another type"},
        {input("label: a\n      value: {b: c}"), "the member value is missing or of another type"},
        {body("  - type: slider\n    attributes:\n      label: A\n"), "its type slider is unknown"},
        {body("  - type: dropdown\n    attributes:\n      label: A\n      options: [x]\n      default: 1\n"),
         "its default is not the number of an option"},
        {body("  - type: dropdown\n    attributes:\n      label: A\n      options: [[x]]\n"),
         "a text was expected"},
        {body("  - type: checkboxes\n    attributes:\n      label: A\n      options: [x]\n"),
         "the member label"},
        {"body: [\n", "line "},
        {"body:\n\t- type: input\n", "line 2"},
        {"a: \"unclosed\n", "line "},
        {"name: x\nname: y\nbody: []\n", "line 2: a key comes twice"},
        {"? [a, b]\n: c\n", "a key is no text"},
        {"%YAML 9.9\n---\na: b\n", "line "},
        {"body: 'unclosed\nname: x\n\n", "illegal EOF in scalar"},
        {std::string("a: b\n\0c: d\n", 11), "line 2: "},
    };
    for (const auto& [yaml, words] : cases) {
        CAPTURE(yaml);
        const auto why = refusal(yaml);
        CHECK_MESSAGE(why.contains(words), why);
    }
}

TEST_CASE("GitHub form: an alias bomb, a deep one and a huge one are refused at once") {
    const auto begun = std::chrono::steady_clock::now();
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 30; ++level) {
        std::string aliases;
        for (int nine = 0; nine < 9; ++nine)
            aliases += fmt::format("{}*a{}", nine == 0 ? "" : ", ", level - 1);
        bomb += fmt::format("a{0}: &a{0} [{1}]\n", level, aliases);
    }
    CHECK(refusal(bomb + "body: *a29\n").contains("line 2: aliases are not read"));
    CHECK(refusal("body: &a [*a]\n").contains("aliases are not read"));
    CHECK(refusal("a: &a {x: y}\nbody: {<<: *a}\n").contains("aliases are not read"));
    CHECK(refusal("body: " + std::string(30'000, '[')).contains("nested over 16 deep"));
    CHECK(refusal("body: " + std::string(60'000, '{')).contains("line 1"));
    std::string steps = "body:\n";
    for (int depth = 1; depth < 200; ++depth)
        steps += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
    CHECK(refusal(steps).contains("nested over 16 deep"));
    CHECK(refusal(std::string(20'000, '-') + "\n- - - " + std::string(20'000, '?')) != "");
    std::string dashes;
    while (dashes.size() < 60'000)
        dashes += "- ";
    CHECK(refusal(dashes).contains("nested over 16 deep"));
    CHECK(refusal(input("label: A") + "#" + std::string(70'000, 'x')).contains("larger than 64 KiB"));
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
}

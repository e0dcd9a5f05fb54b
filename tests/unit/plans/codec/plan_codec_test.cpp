#include "plans/base/json.h"
#include "plans/codec/plan_reader.h"
#include "plans/codec/plan_writer.h"

#include "tests/support/example_plan.h"

#include <doctest/doctest.h>

#include <functional>

using namespace mabplan;

namespace {

// The example's text after a change to the document, with a checksum that belongs to it.
std::string changed(const std::function<void(Json&)>& change) {
    Json document = Json::parse(write_plan(tests::example_plan()));
    document.erase("checksum");
    change(document);
    document["checksum"] = Digest::of(dump_json(document)).text();
    return document.dump();
}

std::string fault(const std::function<void(Json&)>& change) {
    const auto read = read_plan(changed(change), "plan.json");
    return read ? "read" : read.error().message;
}

}  // namespace

TEST_CASE("a plan comes back as it was written, and gives the same bytes again") {
    const Plan plan = tests::example_plan();
    const std::string text = write_plan(plan);
    const auto read = read_plan(text, "plan.json");
    REQUIRE(read);
    CHECK(*read == plan);
    CHECK(write_plan(*read) == text);
}

TEST_CASE("a plan edited by hand is refused") {
    std::string text = write_plan(tests::example_plan());
    text.replace(text.find("registry.lan:5000/app:1"), 23, "registry.lan:5000/app:2");
    const auto read = read_plan(text, "plan.json");
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Input);
    CHECK(read.error().message == "plan.json was changed after it was compiled: its checksum does not belong to its content");
    CHECK(read.error().hint == "change the Dockerfile or mabplan.yaml instead, and run `mabplan compile` again");
}

TEST_CASE("bytes that are no UTF-8 survive, and a text has one form alone") {
    const Json plan = Json::parse(write_plan(tests::example_plan()));
    CHECK(plan["actions"][5]["parts"][0]["sources"][1] == Json({{"base64", "b2Rk/w=="}}));
    CHECK(fault([](Json& edited) {
              edited["actions"][1]["cwd"] = {{"base64", "L3NyYw=="}};
          }) == "plan.json: plan.actions[1].cwd is not a string");
}

TEST_CASE("a key that does not belong to its fields is refused, whatever the checksum says") {
    CHECK(fault([](Json& plan) { plan["actions"][1]["argv"][2] = "evil"; }) ==
          "plan.json: plan.actions[1].key does not belong to the fields beside it");
}

TEST_CASE("everything in a plan is checked") {
    CHECK(fault([](Json& plan) { plan["actions"][1]["instructions"][0]["platform"] = "a/b/c/d"; }) ==
          "plan.json: plan.actions[1].instructions[0].platform is not a platform");
    CHECK(fault([](Json& plan) { plan["actions"][1].erase("instructions"); }) == "plan.json: plan.actions[1].instructions is missing");
    CHECK(fault([](Json& plan) {
              Json& instructions = plan["actions"][1]["instructions"];
              instructions.push_back(instructions[0]);
          }) == "plan.json: plan.actions[1].instructions are not in order");
    CHECK(fault([](Json& plan) { plan["actions"][1]["root"] = 1; }) ==
          "plan.json: plan.actions[1].root names the action 1, which does not stand before it");
    CHECK(fault([](Json& plan) { plan["actions"][0]["extra"] = 1; }) == "plan.json: plan.actions[0] has the unknown member \"extra\"");
    CHECK(fault([](Json& plan) { plan["actions"][0].erase("name"); }) == "plan.json: plan.actions[0].name is missing");
    CHECK(fault([](Json& plan) { plan["actions"][0]["kind"] = "fetsch"; }) ==
          "plan.json: plan.actions[0].kind is \"fetsch\": expected image, run, copy, make-directory, fetch or git");
    CHECK(fault([](Json& plan) { plan["actions"][6]["mounts"][3]["mode"] = 010000; }) ==
          "plan.json: plan.actions[6].mounts[3].mode is not a whole number from 0 to 4095");
    CHECK(fault([](Json& plan) { plan["actions"][5]["parts"][0]["from_context"]["context"] = 5; }) ==
          "plan.json: plan.actions[5].parts[0].from_context.context names a context that does not exist");
    CHECK(fault([](Json& plan) { plan["targets"][0]["cells"][0]["platform"] = "a/b/c/d"; }) ==
          "plan.json: plan.targets[0].cells[0].platform is not a platform");
    CHECK(fault([](Json& plan) { plan["targets"][0]["outputs"][0]["type"] = "floppy"; }) ==
          "plan.json: plan.targets[0].outputs[0].type has the unknown value \"floppy\"");
    CHECK(fault([](Json& plan) { plan["schema"] = "mabplan-plan-99"; }) ==
          "plan.json is a plan of the form \"mabplan-plan-99\": this mabplan reads mabplan-plan-8");
    CHECK(fault([](Json& plan) { plan.erase("schema"); }) == "plan.json is not a plan: it has no \"schema\"");
}

TEST_CASE("no cut of a plan is taken for a plan") {
    const std::string text = write_plan(tests::example_plan());
    for (std::size_t length = 0; length + 1 < text.size(); length += 7) CHECK_FALSE(read_plan(text.substr(0, length), "plan.json"));
}

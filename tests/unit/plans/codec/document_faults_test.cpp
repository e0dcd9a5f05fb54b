// Each member of a plan, a step and a result is taken away, made of another kind, and joined by one that nobody knows: the fault names the
// place. What a member means is others' to test.
#include "plans/codec/plan_reader.h"
#include "plans/codec/plan_writer.h"
#include "plans/codec/step_codec.h"
#include "tests/support/example_plan.h"
#include "tests/support/example_step.h"
#include "tests/unit/plans/codec/document_walk.h"

#include <doctest/doctest.h>

#include <limits>
#include <map>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

struct Form {
    std::string root;  // the first word of each place
    Json document;
    ReadChanged read;
    std::map<std::string, std::string> instead;  // key -> the member that is missing when this one is; empty: it may be absent
    std::set<std::string> free;
    std::set<std::string> head;  // members of the whole that have a message of their own
};

Form plan_form() {
    Plan plan = example_plan();
    return {"plan",
            Json::parse(write_plan(plan)),
            [](const Json& changed) {
                Json document = changed;
                document.erase("checksum");
                document["checksum"] = Digest::of(dump_json(document)).text();
                const auto read = read_plan(document.dump(), "text");
                return read ? "read" : read.error().message;
            },
            {{"index", ""}, {"environment", "file"}, {"from_context", "from_root"}, {"from_inline", "from_root"}},
            {"config", "annotations", "descriptor_annotations"},
            {"schema", "semantics", "checksum"}};
}

Form step_form() {
    return {"step",
            Json::parse(write_step_request(example_step())),
            [](const Json& changed) {
                const auto read = read_step_request(changed.dump(), "text");
                return read ? "read" : read.error().message;
            },
            {},
            {},
            {"schema"}};
}

Form result_form(const StepResult& result) {
    return {"result",
            Json::parse(write_step_result(result)),
            [](const Json& changed) {
                const auto read = read_step_result(changed.dump(), "text");
                return read ? "read" : read.error().message;
            },
            {{"failed", "layer"}},
            {},
            {"schema"}};
}

std::vector<Form> all_forms() { return {plan_form(), step_form(), result_form(example_result()), result_form(failing_result(3))}; }

bool is_head(const Form& form, const DocumentPlace& place) { return place.parent == form.root && form.head.contains(place.key); }

}  // namespace

TEST_CASE("a member that is missing is named with its path") {
    for (const Form& form : all_forms()) {
        std::size_t tried = 0;
        const DocumentWalk walk(form.document, form.root, form.free);
        for (const DocumentPlace& place : walk.places()) {
            if (place.kind == DocumentPlace::Kind::Element || is_head(form, place)) continue;
            const auto instead = form.instead.find(place.key);
            const std::string missing = instead == form.instead.end() ? place.key : instead->second;
            Json changed = form.document;
            remove(changed, place.at);
            CAPTURE(place.words);
            if (missing.empty()) CHECK(form.read(changed).find(" is missing") == std::string::npos);
            else CHECK(form.read(changed) == format("text: {}.{} is missing", place.parent, missing));
            ++tried;
        }
        CHECK(tried > 5);
    }
}

TEST_CASE("a member or an element of another kind is a fault that names it, or the list that it stands in") {
    for (const Form& form : all_forms()) {
        const DocumentWalk walk(form.document, form.root, form.free);
        for (const DocumentPlace& place : walk.places()) {
            if (is_head(form, place)) continue;
            Json changed = form.document;
            changed[place.at] = other_kind(form.document[place.at]);
            const std::string fault = form.read(changed);
            CAPTURE(place.words);
            CAPTURE(fault);
            const bool names_it = fault.starts_with(format("text: {} is n", place.words));  // "is not …", "is neither …"
            const bool names_list =
                place.kind == DocumentPlace::Kind::Element && fault.starts_with(format("text: {} is not a string", place.parent));
            CHECK((names_it || names_list));
        }
    }
}

TEST_CASE("a member that nobody knows is a fault in every object, but for those whose members are the user's") {
    for (const Form& form : all_forms()) {
        const DocumentWalk walk(form.document, form.root, form.free);
        for (const auto& [at, words] : walk.objects()) {
            Json changed = form.document;
            changed[at]["zzzzzzzz"] = 1;
            CAPTURE(words);
            CHECK(form.read(changed) == format("text: {} has the unknown member \"zzzzzzzz\"", words));
        }
    }
}

TEST_CASE("what is no object, no JSON or another form is said of the whole") {
    for (const Form& form : all_forms()) {
        CHECK(form.read(form.document) == "read");
        Json other = form.document;
        other["schema"] = "mabplan-other-1";
        CHECK(form.read(other).find("of the form \"mabplan-other-1\": this mabplan reads ") != std::string::npos);
        other["schema"] = 7;
        CHECK(form.read(other).ends_with("it has no \"schema\""));
    }
    CHECK(read_plan("", "text").error().message.starts_with("text is not valid JSON: "));
    CHECK(read_plan("[]", "text").error().message == "text is not a plan: it has no \"schema\"");
    CHECK(read_plan(R"({"schema":"a","schema":"b"})", "text").error().message == "text has the key \"schema\" twice");
    CHECK(read_plan(std::string(100, '['), "text").error().message == "text is nested deeper than 64 levels");
}

TEST_CASE("a plan of other semantics, older or newer, is to be compiled again") {
    const Form form = plan_form();
    for (const Json& semantics : {Json(kSemanticsVersion - 1), Json(kSemanticsVersion + 1), Json("6"), Json(nullptr)}) {
        Json other = form.document;
        other["semantics"] = semantics;
        const auto read = read_plan(other.dump(), "text");
        REQUIRE_FALSE(read);
        CHECK(read.error().message == "text was compiled by a mabplan that understands keys differently");
        CHECK(read.error().hint == "run `mabplan compile` again");
    }
}

TEST_CASE("a plan whose checksum is missing or wrong was changed, and the fault that the change made is told beside it") {
    Json document = plan_form().document;
    document["targets"][0]["cells"][0].erase("final_stage");
    const auto changed = read_plan(document.dump(), "text");
    REQUIRE_FALSE(changed);
    CHECK(changed.error().message == "text was changed after it was compiled: its checksum does not belong to its content");
    CHECK(changed.error().detail == "  plan.targets[0].cells[0].final_stage is missing");
    document = plan_form().document;
    document.erase("checksum");
    const auto without = read_plan(document.dump(), "text");
    REQUIRE_FALSE(without);
    CHECK(without.error().message == changed.error().message);
}

TEST_CASE("whoever names an action that does not stand before it is named") {
    const Form form = plan_form();
    const auto count = form.document["actions"].size();
    const std::vector<std::pair<std::string, std::size_t>> all{
        {"/actions/1/root", 1},    {"/actions/2/parts/0/from_root", 2}, {"/actions/6/mounts/1/from_root", 6},
        {"/actions/7/root", 1000}, {"/targets/0/cells/0/root", count},  {"/targets/0/cells/0/history/0/layer", count},
    };
    for (const auto& [pointer, index] : all) {
        Json changed = form.document;
        changed[Json::json_pointer(pointer)] = index;
        CAPTURE(pointer);
        CHECK(form.read(changed).ends_with(format(" names the action {}, which does not stand before it", index)));
    }
    Json last = form.document;
    last["targets"][0]["cells"][0]["root"] = count - 1;
    CHECK(form.read(last) == "read");
}

TEST_CASE("numbers are whole, and within what they are for") {
    const auto plan_fault = [form = plan_form()](const char* pointer, const Json& value) {
        Json changed = form.document;
        changed[Json::json_pointer(pointer)] = value;
        return form.read(changed);
    };
    CHECK(plan_fault("/actions/1/origin/line", -1) == "text: plan.actions[1].origin.line is not a whole number from 0 to 4294967295");
    CHECK(plan_fault("/actions/1/origin/line", 1.5) == "text: plan.actions[1].origin.line is not a whole number from 0 to 4294967295");
    CHECK(plan_fault("/actions/1/origin/line", 4294967296) ==
          "text: plan.actions[1].origin.line is not a whole number from 0 to 4294967295");
    CHECK(plan_fault("/actions/1/time/start", std::int64_t{1} << 41) == "text: plan.actions[1].time.start is no time");
    CHECK(plan_fault("/actions/1/time/place", -1) == "text: plan.actions[1].time.place is not a whole number from 0 to 4294967295");
    CHECK(plan_fault("/actions/0/layers/0/size", -1) ==
          "text: plan.actions[0].layers[0].size is not a whole number from 0 to 9223372036854775807");
    CHECK(plan_fault("/actions/0/created", 0.5) == "text: plan.actions[0].created is neither a whole number nor null");
    CHECK(plan_fault("/targets/0/cells/0/created", "now") == "text: plan.targets[0].cells[0].created is neither a whole number nor null");
    const std::uint64_t too_big = std::uint64_t{1} << 63U;
    CHECK(plan_fault("/targets/0/cells/0/created", too_big) == "text: plan.targets[0].cells[0].created is neither a whole number nor null");
    CHECK(plan_fault("/actions/1/ulimits/0/soft", too_big) == "text: plan.actions[1].ulimits[0].soft is neither a whole number nor null");
    CHECK(plan_fault("/actions/6/mounts/1/mode", 07777) == "text: plan.actions[6].key does not belong to the fields beside it");
    CHECK(plan_fault("/actions/6/mounts/1/mode", 010000) == "text: plan.actions[6].mounts[1].mode is not a whole number from 0 to 4095");
}

TEST_CASE("digests, words and maps of texts are checked by their values") {
    const auto plan_fault = [form = plan_form()](const char* pointer, const Json& value) {
        Json changed = form.document;
        changed[Json::json_pointer(pointer)] = value;
        return form.read(changed);
    };
    CHECK(plan_fault("/actions/0/key", "sha256:12") == "text: plan.actions[0].key is not a digest");
    CHECK(plan_fault("/actions/0/layers/0/diff_id", "") == "text: plan.actions[0].layers[0].diff_id is not a digest");
    CHECK(plan_fault("/actions/0/location/kind", "disk") == "text: plan.actions[0].location.kind has the unknown value \"disk\"");
    CHECK(plan_fault("/actions/1/network", "lan") == "text: plan.actions[1].network has the unknown value \"lan\"");
    CHECK(plan_fault("/actions/1/argv", Json::array()) == "text: plan.actions[1].argv is empty");
    CHECK(plan_fault("/actions/6/mounts/0/type", "floppy") ==
          "text: plan.actions[6].mounts[0].type is \"floppy\": expected bind, cache, tmpfs, secret or ssh");
    CHECK(plan_fault("/targets/0/annotations/org.example", 1) == "text: plan.targets[0].annotations has a value that is not a string");
    CHECK(plan_fault("/actions/1/cwd", Json{{"base64", "!"}}) == "text: plan.actions[1].cwd is not a string");
}

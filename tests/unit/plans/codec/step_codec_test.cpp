#include "plans/codec/step_codec.h"

#include "plans/base/json.h"
#include "tests/support/example_step.h"

#include <doctest/doctest.h>

#include <functional>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

std::string fault(const std::function<void(Json&)>& change) {
    Json document = Json::parse(write_step_request(example_step()));
    change(document);
    const auto read = read_step_request(document.dump(), "step.json");
    return read ? "read" : read.error().message;
}

std::string result_fault(const std::function<void(Json&)>& change) {
    Json document = Json::parse(write_step_result(example_result()));
    change(document);
    const auto read = read_step_result(document.dump(), "result.json");
    return read ? "read" : read.error().message;
}

// The smallest step: what a file holds whose members are all there and say nothing.
const char* const kSmallest = R"({
  "argv": [
    "/bin/true"
  ],
  "cwd": "/",
  "devices": [],
  "env": [],
  "epoch": null,
  "extra_hosts": [],
  "hostname": "",
  "layer_time": null,
  "layers": [
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  ],
  "made_layers": [],
  "mounts": [
    {
      "layers": [],
      "source": "/",
      "target": "/in",
      "type": "layers",
      "writable": false
    }
  ],
  "network": "default",
  "noise": "drop",
  "platform": "linux/amd64",
  "proxy": [],
  "runner": "auto",
  "schema": "mabplan-step-1",
  "security": "sandbox",
  "stage": "",
  "text": "",
  "timeout_ms": null,
  "ulimits": [],
  "user": ""
}
)";

StepRequest smallest() {
    StepRequest step;
    step.layers = {Digest::of("test")};
    step.argv = {"/bin/true"};
    step.cwd = "/";
    step.platform = {"linux", "amd64", {}, {}, {}};
    step.inputs = {{"/in", LayersInput{{}, "/", false}}};
    return step;
}

}  // namespace

TEST_CASE("a step comes back as it was written, and gives the same bytes again") {
    const StepRequest step = example_step();
    const std::string text = write_step_request(step);
    const auto read = read_step_request(text, "step.json");
    REQUIRE(read);
    CHECK(*read == step);
    CHECK(write_step_request(*read) == text);
}

TEST_CASE("the form of a step") {
    CHECK(write_step_request(smallest()) == kSmallest);
    CHECK(*read_step_request(kSmallest, "step.json") == smallest());
}

TEST_CASE("a step names its layers once, the root's first") {
    CHECK(layers_of(example_step()) == std::vector{Digest::of("base"), Digest::of("copied"), Digest::of("context"), Digest::of("seed")});
}

TEST_CASE("results come back as they were written") {
    for (const StepResult& result : {example_result(), failing_result(3)}) {
        const auto read = read_step_result(write_step_result(result), "result.json");
        REQUIRE(read);
        CHECK(*read == result);
    }
}

TEST_CASE("what is no JSON is shown where it breaks") {
    const auto read = read_step_request("{\n  \"argv\": [\"/bin/true\"\n", "step.json");
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Input);
    CHECK(format_error(read.error()) ==
          "step.json:2:23: error: step.json is not valid JSON: syntax error while parsing array - unexpected end of input; expected ']'\n"
          "     1 | {\n"
          ">    2 |   \"argv\": [\"/bin/true\"\n"
          "       |                       ^\n");
    const auto inside = read_step_request("{\n  \"argv\": [,]\n}\n", "step.json");
    REQUIRE_FALSE(inside);
    CHECK(format_place(*inside.error().place) == "step.json:2:12");
}

TEST_CASE("a text of another form is told apart") {
    CHECK(read_step_request("{}", "step.json").error().message == "step.json is not a step: it has no \"schema\"");
    CHECK(read_step_request("[]", "step.json").error().message == "step.json is not a step: it has no \"schema\"");
    CHECK(fault([](Json& step) { step["schema"] = "mabplan-step-99"; }) ==
          "step.json is a step of the form \"mabplan-step-99\": this mabplan reads mabplan-step-1");
    CHECK(read_step_result("{}", "r.json").error().message == "r.json is not a result of a step: it has no \"schema\"");
    const auto twice = read_step_request(R"({"schema": "mabplan-step-1", "schema": "mabplan-step-1"})", "step.json");
    CHECK(twice.error().message == "step.json has the key \"schema\" twice");
}

TEST_CASE("everything in a step is checked") {
    CHECK(fault([](Json&) {}) == "read");
    CHECK(fault([](Json& step) { step["extra"] = 1; }) == "step.json: step has the unknown member \"extra\"");
    CHECK(fault([](Json& step) { step["mounts"][0]["writeable"] = 1; }) ==
          "step.json: step.mounts[0] has the unknown member \"writeable\": did you mean \"writable\"?");
    CHECK(fault([](Json& step) { step.erase("noise"); }) == "step.json: step.noise is missing");
    CHECK(fault([](Json& step) { step["argv"] = Json::array(); }) == "step.json: step.argv is empty");
    CHECK(fault([](Json& step) { step["layers"][1] = "sha256:1"; }) == "step.json: step.layers has \"sha256:1\", which is not a digest");
    CHECK(fault([](Json& step) { step["env"][0] = "PATH"; }) == "step.json: step.env has \"PATH\": expected NAME=value");
    CHECK(fault([](Json& step) { step["proxy"][0] = "=x"; }) == "step.json: step.proxy has \"=x\": expected NAME=value");
    CHECK(fault([](Json& step) { step["cwd"] = "src"; }) ==
          "step.json: step.cwd is not an absolute path without \"..\" and double slashes");
    CHECK(fault([](Json& step) { step["mounts"][0]["target"] = ""; }) ==
          "step.json: step.mounts[0].target is not an absolute path without \"..\" and double slashes");
    CHECK(fault([](Json& step) { step["mounts"][0]["source"] = "etc"; }) == "step.json: step.mounts[0].source is not an absolute path");
    CHECK(fault([](Json& step) { step["mounts"][1]["files"][0]["name"] = "../x"; }) ==
          "step.json: step.mounts[1].files[0].name is not the name of a file");
    CHECK(fault([](Json& step) { step["mounts"][2]["mode"] = 010000; }) ==
          "step.json: step.mounts[2].mode is not a whole number from 0 to 4095");
    CHECK(fault([](Json& step) { step["mounts"][2]["seed"]["layer"] = 7; }) == "step.json: step.mounts[2].seed.layer is not a string");
    CHECK(fault([](Json& step) { step["mounts"][3]["type"] = "floppy"; }) ==
          "step.json: step.mounts[3].type is \"floppy\": expected layers, inline, cache, tmpfs, secret or ssh");
    CHECK(fault([](Json& step) { step["platform"] = "a/b/c/d"; }) == "step.json: step.platform is not a platform");
    CHECK(fault([](Json& step) { step["network"] = "lan"; }) == "step.json: step.network has the unknown value \"lan\"");
    CHECK(fault([](Json& step) { step["epoch"] = std::int64_t{1} << 50; }) == "step.json: step.epoch is no time");
    CHECK(fault([](Json& step) { step["timeout_ms"] = -1; }) ==
          "step.json: step.timeout_ms is not a whole number from 0 to 9223372036854775807");
}

TEST_CASE("everything in a result is checked") {
    CHECK(result_fault([](Json&) {}) == "read");
    CHECK(result_fault([](Json& result) { result["failed"] = Json::object(); }) == "result.json: result.failed.how is missing");
    CHECK(result_fault([](Json& result) { result["layer"]["bytes"] = "x"; }) ==
          "result.json: result.layer.bytes is not a whole number from 0 to 9223372036854775807");
    CHECK(result_fault([](Json& result) { result["seconds"] = -1; }) == "result.json: result.seconds is not a number from 0 to 1000000000");
    CHECK(result_fault([](Json& result) { result["left"] = 1; }) == "result.json: result has the unknown member \"left\"");
}

TEST_CASE("a result is a layer or a failure, never both") {
    Json both = Json::parse(write_step_result(example_result()));
    both["failed"] = Json::parse(write_step_result(failing_result(1)))["failed"];
    CHECK(read_step_result(both.dump(), "r.json").error().message == "r.json: result has the unknown member \"layer\"");
}

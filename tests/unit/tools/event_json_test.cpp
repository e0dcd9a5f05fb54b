// The form of mabplan-events-1: one event of each kind.
#include "tools/mabplan/event_json.h"

#include "plans/base/format.h"
#include "tests/support/two_platform_plan.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tools::EventJson;

namespace {

constexpr ActionId kRun{5};

const Digest kKey = Digest::of("run"), kLayer = Digest::of("layer");
const std::string kFew =
    R"("action":{"index":5,"kind":"run","targets":["web"],"stage":"build","platform":"linux/arm64","dockerfile":"Dockerfile","line":3)";
const std::string kAll = kFew + R"(,"text":"RUN make","key":")" + kKey.text() + "\"}";

struct Lines {
    Plan plan = tests::two_platform_plan();
    EventJson json{plan};
    std::string of(Happening what, double at = 0.5) { return json.lines({at, std::move(what)}); }
};

}  // namespace

TEST_CASE("the first line says the schema") {
    CHECK(EventJson::first_line() == "{\"type\":\"schema\",\"at\":0.0,\"schema\":\"mabplan-events-1\"}\n");
}

TEST_CASE("one event of each kind as JSON") {
    Lines lines;
    const auto check = [&](Happening what, const std::string& members) {
        CHECK(lines.of(std::move(what)) == "{\"type\":" + members + "}\n");
    };
    check(RunBegan{5, 2, 3, {tests::platform_for("amd64"), tests::platform_for("arm64")}},
          R"("run-began","at":0.5,"wanted":5,"cached":2,"to_execute":3,"platforms":["linux/amd64","linux/arm64"])");
    check(Started{kRun, true}, R"("started","at":0.5,)" + kAll + R"(,"emulated":true)");
    check(Said{kRun, "a \"b\"\n"}, R"("said","at":0.5,)" + kFew + R"(},"text":"a \"b\"\n")");
    check(Unsaid{kRun, 7}, R"("unsaid","at":0.5,)" + kFew + R"(},"bytes":7)");
    check(Noted{kRun, "waits"}, R"("noted","at":0.5,)" + kFew + R"(},"text":"waits")");
    check(runtime::Detail{kRun, "noise"}, R"("detail","at":0.5,)" + kFew + R"(},"text":"noise")");
    check(Finished{kRun, HowDone::Emulated, kKey, 1.23456, 0, kLayer, 1024},
          R"("finished","at":0.5,)" + kAll + R"(,"how":"emulated","seconds":1.235,"waited_seconds":0.0,"diff_id":")" + kLayer.text() +
              R"(","layer_bytes":1024)");
    check(
        Failed{kRun, Error{ErrorKind::Step, "no", {}, {"running it"}, "try", "the end"}, 2, false},
        R"("failed","at":0.5,)" + kAll +
            R"(,"seconds":2.0,"required":false,"error":{"kind":"step","message":"no","context":["running it"],"hint":"try","detail":"the end"})");
    check(Transfer{1, "debian 0123", 10, 20, TransferState::Going},
          R"("transfer","at":0.5,"number":1,"what":"debian 0123","done":10,"total":20,"state":"going")");
    check(Transfer{1, "debian 0123", 10, {}, TransferState::Failed},
          R"("transfer","at":0.5,"number":1,"what":"debian 0123","done":10,"total":null,"state":"failed")");
    check(Exporting{"web", "dist"}, R"("exporting","at":0.5,"target":"web","destination":"dist")");
    check(Exported{"web", "dist", kLayer}, R"("exported","at":0.5,"target":"web","destination":"dist","digest":")" + kLayer.text() + "\"");
    check(Exported{"web", "files", {}}, R"("exported","at":0.5,"target":"web","destination":"files","digest":null)");
    check(Warned{"it", "do this"}, R"("warned","at":0.5,"text":"it","hint":"do this")");
    check(Warned{"it"}, R"("warned","at":0.5,"text":"it")");
    check(RunEnded{RunEnd::Failed, 1, 2, 1, 1, 3, 4.5, Error{ErrorKind::Registry, "gone"}},
          R"("run-ended","at":0.5,"how":"failed","cached":1,"executed":2,"emulated":1,"failed":1,"skipped":3,"seconds":4.5,)"
          R"("error":{"kind":"registry","message":"gone"})");
}

TEST_CASE("the key of what was done is that of the event, which knows what sources gave") {
    Lines lines;
    const std::string line = lines.of(Finished{kRun, HowDone::Native, kLayer, 0, 0, {}, 0});
    CHECK(line.find(R"("key":")" + kLayer.text()) != std::string::npos);
}

TEST_CASE("an error has its place") {
    Lines lines;
    const auto text = std::make_shared<SourceText>("Dockerfile", "FROM x\nRUN y\n");
    const std::string line = lines.of(Failed{kRun, Error{ErrorKind::Step, "no", SourcePlace{text, 2}}, 0, true});
    CHECK(line.find(R"("error":{"kind":"step","message":"no","file":"Dockerfile","line":2})") != std::string::npos);
}

TEST_CASE("a character that is cut in two is put together; bytes that are none become U+FFFD") {
    Lines lines;
    const auto text = [](const std::string& line) { return line.empty() ? line : line.substr(line.find("\"text\"")); };
    CHECK(text(lines.of(Said{kRun, "a\xe2\x82"})) == "\"text\":\"a\"}\n");
    CHECK(text(lines.of(Said{kRun,
                             "\xac"
                             "b"})) ==
          "\"text\":\"\xe2\x82\xac"
          "b\"}\n");
    CHECK(text(lines.of(Said{kRun,
                             "\xff"
                             "c"})) ==
          "\"text\":\"\xef\xbf\xbd"
          "c\"}\n");
    CHECK(lines.of(Said{kRun, "\xf0\x9f"}).empty());
    const std::string end = lines.of(Finished{kRun, HowDone::Native, {}, 0, 0, {}, 0});
    CHECK(end.find("\"type\":\"said\"") < end.find("\"type\":\"finished\""));
    CHECK(end.find("\"text\":\"\xef\xbf\xbd") != std::string::npos);
}

// What an image takes over from its base, its stages and its platform, and what not.
#include "compiler/lower/config_draft.h"
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

Json config_on(const std::string& base, const std::string& instructions) {
    Project project("FROM base\n" + instructions + "\n");
    project.images.configs["base"] = base;
    return config_of(project.plan());
}

// A document rendered again for another platform, with nothing changed in between.
Json rendered(const std::string& document, const std::string& platform) {
    const auto base = parse_image_config(document, "base");
    REQUIRE(base);
    return Json::parse(compiler::ConfigDraft(*base).render(platform_of(platform)));
}

}  // namespace

TEST_CASE("CMD of the base survives all but ENTRYPOINT and CMD") {
    const std::string base = R"({"Cmd":["c"],"Entrypoint":["e"]})";
    for (const char* instruction :
         {"USER u", "ENV A=1", "LABEL a=b", "EXPOSE 1", "VOLUME /v", "WORKDIR /w", "SHELL [\"/s\"]", "HEALTHCHECK NONE", "RUN x"}) {
        CAPTURE(instruction);
        CHECK(config_on(base, instruction)["Cmd"] == Json({"c"}));
        CHECK(config_on(base, instruction)["Entrypoint"] == Json({"e"}));
    }
    CHECK_FALSE(config_on(base, "ENTRYPOINT e2").contains("Cmd"));
    CHECK_FALSE(config_on(base, "CMD []").contains("Cmd"));
}

TEST_CASE("the last of several CMDs and ENTRYPOINTs counts, and an own CMD outlives every ENTRYPOINT") {
    CHECK(config_on("{}", "CMD [\"a\"]\nCMD [\"b\"]")["Cmd"] == Json({"b"}));
    const Json config = config_on("{}", "ENTRYPOINT [\"a\"]\nCMD [\"c\"]\nENTRYPOINT [\"b\"]");
    CHECK(config["Entrypoint"] == Json({"b"}));
    CHECK(config["Cmd"] == Json({"c"}));
}

TEST_CASE("entries of Env of the base that are no variables stay in the image, and are in no environment") {
    const std::string base = R"({"Env":["PATH=/p","BARE","","=odd","KEPT=1"]})";
    Project project("FROM base\nRUN [\"x\"]\nENV A=${BARE-unset}\nENV BARE=now\n");
    project.images.configs["base"] = base;
    const Plan plan = project.plan();
    CHECK(config_of(plan)["Env"] == Json({"PATH=/p", "BARE=now", "", "=odd", "KEPT=1", "A="}));
    for (const Action& action : plan.actions)
        if (const auto* run = std::get_if<RunAction>(&action.work)) CHECK(run->env == std::vector<std::string>{"PATH=/p", "KEPT=1"});
}

TEST_CASE("CMD of a trigger of the base is the stage's own") {
    CHECK(config_on(R"({"Cmd":["old"],"OnBuild":["CMD [\"triggered\"]"]})", "ENTRYPOINT [\"e\"]")["Cmd"] == Json({"triggered"}));
}

TEST_CASE("shell forms take the shell that is set by then, that of the base too") {
    const std::string base = R"({"Shell":["/bin/zsh","-c"]})";
    CHECK(config_on(base, "CMD x")["Cmd"] == Json({"/bin/zsh", "-c", "x"}));
    CHECK(config_on(base, "ENTRYPOINT x\nSHELL [\"/bin/dash\"]")["Entrypoint"] == Json({"/bin/zsh", "-c", "x"}));
    CHECK(config_on(base, "SHELL [\"/bin/dash\"]\nCMD x")["Cmd"] == Json({"/bin/dash", "x"}));
    CHECK(config_on(base, "CMD [\"x\"]")["Cmd"] == Json({"x"}));
    CHECK(config_on(base, "")["Shell"] == Json({"/bin/zsh", "-c"}));
}

TEST_CASE("lists of the base grow, values of the base are replaced") {
    const Json config =
        config_on(R"({"ExposedPorts":{"80/tcp":{}},"Volumes":{"/a":{}},"Labels":{"a":"1","b":"1"},"User":"old","StopSignal":"SIGINT"})",
                  "EXPOSE 81\nVOLUME /b\nLABEL b=2 c=3\nUSER new:group\nSTOPSIGNAL 9");
    CHECK(config["ExposedPorts"] == Json::parse(R"({"80/tcp":{},"81/tcp":{}})"));
    CHECK(config["Volumes"] == Json::parse(R"({"/a":{},"/b":{}})"));
    CHECK(config["Labels"] == Json({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    CHECK(config["User"] == "new:group");
    CHECK(config["StopSignal"] == "9");
}

TEST_CASE("what an image does not set is not in its document") {
    const Json config = config_of(compile_text("FROM scratch\nLABEL a=b\n"));
    for (const char* key : {"User", "Entrypoint", "Cmd", "Shell", "StopSignal", "ExposedPorts", "Volumes", "OnBuild", "Healthcheck"}) {
        CAPTURE(key);
        CHECK_FALSE(config.contains(key));
    }
    CHECK(config["WorkingDir"] == "/");
    CHECK(config["Env"] == Json({"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}));
}

TEST_CASE("a working directory goes on from that of the base, and reaches the stages above") {
    CHECK(config_on(R"({"WorkingDir":"/srv"})", "WORKDIR sub")["WorkingDir"] == "/srv/sub");
    CHECK(config_on(R"({"WorkingDir":"/srv"})", "WORKDIR /else/")["WorkingDir"] == "/else/");
    CHECK(config_on("{}", "ENV D=deep\nWORKDIR a/$D\nWORKDIR ..")["WorkingDir"] == "/a");
    CHECK(config_of(compile_text("FROM b AS one\nWORKDIR /one\nFROM one\nWORKDIR two\n"))["WorkingDir"] == "/one/two");
}

TEST_CASE("a stage gives all of its configuration to the stage that is built on it, and none to one that copies from it") {
    const std::string first = "FROM b AS one\nENV A=1\nLABEL l=1\nUSER u\nEXPOSE 80\nENTRYPOINT [\"e\"]\n";
    const Json built = config_of(compile_text(first + "FROM one\n"));
    CHECK(built["Env"] == Json({"PATH=/bin", "A=1"}));
    CHECK(built["Labels"] == Json({{"l", "1"}}));
    CHECK(built["User"] == "u");
    CHECK(built["Entrypoint"] == Json({"e"}));
    const Json copied = config_of(compile_text(first + "FROM b\nCOPY --from=one /x /\n"));
    CHECK(copied == Json({{"Env", {"PATH=/bin"}}, {"WorkingDir", "/"}}));
}

TEST_CASE("labels of the target go before those of the file") {
    Project project("FROM base\nLABEL a=file b=file\n");
    project.matrix.targets[0].cells[0].build.labels = {{"a", "target", {}}, {"c", "target", {}}};
    CHECK(config_of(project.plan())["Labels"] == Json({{"a", "target"}, {"b", "file"}, {"c", "target"}}));
}

TEST_CASE("a document that nobody changes keeps what it says, but for the platform") {
    const std::string document =
        R"({"architecture":"amd64","author":"me","config":{"Env":["A=1"],"Odd":1},"created":"2001-01-01T00:00:00Z","extra":{"x":[1]},)"
        R"("history":[{"created_by":"x"}],"os":"linux","rootfs":{"diff_ids":[],"type":"layers"},"variant":"v9"})";
    Json expected = Json::parse(document);
    expected.erase("variant");
    expected["architecture"] = "arm64";
    CHECK(rendered(document, "linux/arm64") == expected);
    expected["architecture"] = "arm";
    expected["variant"] = "v6";
    CHECK(rendered(document, "linux/arm/v6") == expected);
}

TEST_CASE("equal drafts render to equal bytes, keys sorted") {
    compiler::ConfigDraft draft;
    draft.user = "u";
    draft.environment.set("B", "2");
    draft.environment.set("A", "1");
    draft.volumes = {"/z", "/a"};
    CHECK(draft.render(platform_of("linux/amd64")) ==
          R"({"architecture":"amd64","config":{"Env":["B=2","A=1"],"User":"u","Volumes":{"/a":{},"/z":{}}},"os":"linux"})");
}

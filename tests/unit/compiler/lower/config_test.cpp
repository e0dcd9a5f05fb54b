// What instructions make of the image configuration.
#include "compiler/lower/config_draft.h"
#include "compiler/lower/environment_list.h"
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

Json config_on(const std::string& base, const std::string& instructions) {
    Project project("FROM base\n" + instructions + "\n");
    project.images.configs["base"] = base;
    return config_of(project.plan());
}

}  // namespace

TEST_CASE("ENTRYPOINT drops the inherited CMD, but not that of its own stage") {
    const std::string base = R"({"Entrypoint":["old"],"Cmd":["args"]})";
    CHECK_FALSE(config_on(base, "ENTRYPOINT [\"new\"]").contains("Cmd"));
    CHECK(config_on(base, "CMD [\"mine\"]\nENTRYPOINT [\"new\"]")["Cmd"] == Json({"mine"}));
    CHECK(config_on(base, "ENTRYPOINT [\"new\"]\nCMD x")["Cmd"] == Json({"/bin/sh", "-c", "x"}));
    CHECK(config_on(base, "CMD [\"mine\"]")["Entrypoint"] == Json({"old"}));
    CHECK_FALSE(config_on(base, "ENTRYPOINT []").contains("Entrypoint"));
    const Plan plan = compile_text("FROM base AS one\nCMD [\"inherited\"]\nFROM one\nENTRYPOINT [\"new\"]\n");
    CHECK_FALSE(config_of(plan).contains("Cmd"));
}

TEST_CASE("what no instruction touches is inherited, also what is not known") {
    const Json config =
        config_on(R"({"User":"me","WorkingDir":"/w/","Labels":{"a":"1"},"StopSignal":"SIGINT","Unknown":{"x":1}})", "LABEL b=2");
    CHECK(config["User"] == "me");
    CHECK(config["WorkingDir"] == "/w/");
    CHECK(config["Labels"] == Json({{"a", "1"}, {"b", "2"}}));
    CHECK(config["StopSignal"] == "SIGINT");
    CHECK(config["Unknown"] == Json({{"x", 1}}));
}

TEST_CASE("odd variables of a base stay as they are; ENV replaces the first of its name") {
    const Json config = config_on(R"({"Env":["PATH=/bin","ODD","A=1","A=2"]})", "ENV A=3 B=4");
    CHECK(config["Env"] == Json({"PATH=/bin", "ODD", "A=3", "A=2", "B=4"}));
    CHECK(config_on("{}", "")["Env"] == Json({"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}));
}

TEST_CASE("ports are listed with protocol, ranges in full, variables split into words") {
    const Json config = config_on("{}", "ENV P=\"80 443/TCP\"\nEXPOSE $P 8000-8002/udp");
    CHECK(config["ExposedPorts"] == Json::parse(R"({"443/tcp":{},"80/tcp":{},"8000/udp":{},"8001/udp":{},"8002/udp":{}})"));
    CHECK(Project("FROM b\nEXPOSE 99999\n").error().starts_with("2: "));
}

TEST_CASE("volumes, signals, users, maintainers and shells") {
    const Json config = config_on("{}", "ARG V=/data\nVOLUME $V /logs\nSTOPSIGNAL SIGRTMIN+3\nUSER 1:2\nSHELL [\"/bin/bash\",\"-c\"]");
    CHECK(config["Volumes"] == Json::parse(R"({"/data":{},"/logs":{}})"));
    CHECK(config["StopSignal"] == "SIGRTMIN+3");
    CHECK(config["User"] == "1:2");
    CHECK(config["Shell"] == Json({"/bin/bash", "-c"}));
    CHECK(Project("FROM b\nSTOPSIGNAL SIGNOTHING\n").error().starts_with("2: \"SIGNOTHING\" is no signal"));
    CHECK(Project("FROM b\nVOLUME $NOTHING\n").error().starts_with("2: VOLUME specified can not be an empty string"));
    CHECK(Json::parse(compile_text("FROM b\nMAINTAINER me@example.org\n").targets[0].cells[0].config)["author"] == "me@example.org");
}

TEST_CASE("health checks") {
    CHECK(config_on("{}", "HEALTHCHECK --interval=30s --retries=3 CMD curl localhost")["Healthcheck"] ==
          Json::parse(R"({"Interval":30000000000,"Retries":3,"Test":["CMD-SHELL","curl localhost"]})"));
    CHECK(config_on(R"({"Healthcheck":{"Test":["CMD","x"]}})", "HEALTHCHECK NONE")["Healthcheck"] == Json::parse(R"({"Test":["NONE"]})"));
    CHECK(config_on(R"({"Healthcheck":{"Test":["CMD","x"]}})", "USER a")["Healthcheck"] == Json::parse(R"({"Test":["CMD","x"]})"));
}

TEST_CASE("the image says the platform that was asked for") {
    Project project("FROM --platform=$BUILDPLATFORM base\n", {"linux/arm/v7"});
    const Json document = Json::parse(project.plan().targets[0].cells[0].config);
    CHECK(document["architecture"] == "arm");
    CHECK(document["variant"] == "v7");
}

TEST_CASE("an environment list sets and finds, and keeps odd entries if told to") {
    compiler::EnvironmentList list(Texts{"A=1", "B", "A=2"});
    CHECK(list.entries() == Texts{"A=2", "B="});
    CHECK(list.get("B") == "");
    CHECK_FALSE(list.get("C"));
    list.set("C", "x=y");
    CHECK(list.get("C") == "x=y");
    CHECK(list.names() == Texts{"A", "B", "C"});
    auto verbatim = compiler::EnvironmentList::verbatim({"A=1", "B", "A=2"});
    CHECK(verbatim.get("B") == "");
    verbatim.set("A", "3");
    CHECK(verbatim.entries() == Texts{"A=3", "B", "A=2"});
}

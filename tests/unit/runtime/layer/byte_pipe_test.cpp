#include "runtime/layer/byte_pipe.h"

#include "tests/support/layer_builder.h"

#include <doctest/doctest.h>

#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

TEST_CASE("bytes come through a pipe in order, and then its end") {
    std::string sent;
    for (int index = 0; index < 3'000'000; ++index) sent += static_cast<char>(index % 251);
    BytePipe pipe;
    std::thread writer([&] {
        for (std::size_t at = 0; at < sent.size(); at += 700'001) CHECK(pipe.write(std::string_view(sent).substr(at, 700'001)));
        pipe.close();
    });
    StringSink received;
    CHECK(copy_bytes(pipe, received).value() == sent.size());
    writer.join();
    CHECK(received.text == sent);
}

TEST_CASE("the failure of the writer comes after its bytes") {
    const std::unique_ptr<ByteSource> source = read_produced([](ByteSink& out) -> Status {
                                                   MABPLAN_CHECK(out.write("x"));
                                                   return fail(ErrorKind::Registry, "the line went dead");
                                               }).value();
    std::vector<char> buffer(10);
    CHECK(source->read(buffer).value() == 1);
    CHECK(source->read(buffer).error().message == "the line went dead");
}

TEST_CASE("what is produced is read, and stopped when nobody reads on") {
    const std::unique_ptr<ByteSource> short_one = read_produced([](ByteSink& out) { return out.write("abc"); }).value();
    StringSink sink;
    CHECK(copy_bytes(*short_one, sink).value() == 3);
    CHECK(sink.text == "abc");
    Status seen;
    {
        const std::unique_ptr<ByteSource> endless = read_produced([&](ByteSink& out) {
                                                        while (seen) seen = out.write(std::string(100'000, 'x'));
                                                        return seen;
                                                    }).value();
        std::vector<char> buffer(10);
        CHECK(endless->read(buffer).value() == 10);
    }
    CHECK(seen.error().message == "the reader of these bytes has stopped");
}

TEST_CASE("a hashing source hashes what was read") {
    HashingSource source(std::make_unique<StringSource>("abc"));
    StringSink sink;
    REQUIRE(copy_bytes(source, sink));
    CHECK(source.count() == 3);
    CHECK(source.finish() == Digest::of("abc"));
}

TEST_CASE("little pieces come through a pipe together, the last of them when it is closed") {
    BytePipe pipe;
    std::string sent;
    std::thread writer([&] {
        for (int number = 0; number < 100'000; ++number) {
            const std::string piece(static_cast<std::size_t>(number % 17), static_cast<char>('a' + number % 26));
            sent += piece;
            CHECK(pipe.write(piece));
        }
        pipe.close();
    });
    StringSink received;
    REQUIRE(copy_bytes(pipe, received));
    writer.join();
    CHECK(received.text == sent);
}

TEST_CASE("a pipe that nobody reads any more may be closed with bytes in it") {
    BytePipe pipe;
    CHECK(pipe.write("left"));
    pipe.hang_up();
    pipe.close();
    std::vector<char> buffer(10);
    CHECK(pipe.read(buffer).value() == 0);
}

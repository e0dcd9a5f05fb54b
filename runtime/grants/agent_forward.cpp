#include "runtime/grants/agent_forward.h"

#include "plans/base/format.h"
#include "runtime/grants/agent_requests.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr int kBacklog = 16;
constexpr std::size_t kBufferBytes = 16384;
constexpr std::size_t kMostConnections = 64;  // of one step at one time
constexpr int kPauseMilliseconds = 100;       // until a client that there was no descriptor for is tried again

// The step's end, then the agent's: each with what was read from it and the other has not taken yet.
struct Connection {
    struct End {
        Fd socket;
        std::string waiting;  // for the other end
        bool finished = false;
    };
    std::array<End, 2> ends;
    AgentRequests requests{};
    bool done() const { return ends[0].finished && ends[1].finished; }
};

// The address of a socket may have 108 bytes: it is named through the descriptor of its folder.
Result<sockaddr_un> address_in(const Fd& folder, const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = format("/proc/self/fd/{}/{}", folder.get(), name);
    if (path.size() >= sizeof address.sun_path) return fail(ErrorKind::Input, format("the name of the socket {} is too long", name));
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

Fd connect_to(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const Fd folder(::open(slash == std::string::npos ? "." : path.substr(0, slash + 1).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const auto address = address_in(folder, path.substr(slash + 1));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!folder.valid() || !address || !socket.valid() ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
        return {};
    return socket;
}

void read_end(Connection::End& end, AgentRequests* requests) {
    std::array<char, kBufferBytes> buffer{};
    const ssize_t count = ::read(end.socket.get(), buffer.data(), buffer.size());
    if (count <= 0) {
        end.finished = end.finished || count == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    const auto passed = requests != nullptr ? requests->pass(bytes) : Result<std::string>(std::string(bytes));
    if (passed) end.waiting += *passed;
    else end.finished = true;
}

// Passes on what `from` said; when it has said all, the other end is told so.
void write_end(Connection::End& from, Connection::End& to) {
    if (!from.waiting.empty()) {
        const ssize_t count = ::send(to.socket.get(), from.waiting.data(), from.waiting.size(), MSG_NOSIGNAL);
        if (count > 0) from.waiting.erase(0, static_cast<std::size_t>(count));
        else if (count < 0 && errno != EAGAIN && errno != EINTR) from = {std::move(from.socket), {}, true};
    }
    if (from.finished && from.waiting.empty()) ::shutdown(to.socket.get(), SHUT_WR);
}

short wanted(const Connection::End& from, const Connection::End& other) {
    const bool reads = !from.finished && from.waiting.size() < kBufferBytes;
    return static_cast<short>((reads ? POLLIN : 0) | (other.waiting.empty() ? 0 : POLLOUT));
}

void serve_connection(Connection& connection, const pollfd* events) {
    for (std::size_t i = 0; i < 2; ++i) {
        Connection::End& end = connection.ends[i];
        if ((events[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !end.finished)
            read_end(end, i == 0 ? &connection.requests : nullptr);
    }
    write_end(connection.ends[0], connection.ends[1]);
    write_end(connection.ends[1], connection.ends[0]);
}

// Two of each connection, in order.
void add_events(const std::vector<Connection>& connections, std::vector<pollfd>& events) {
    for (const Connection& connection : connections)
        for (std::size_t i = 0; i < 2; ++i) {
            const short wants = wanted(connection.ends[i], connection.ends[1 - i]);
            events.push_back({wants == 0 && connection.ends[i].finished ? -1 : connection.ends[i].socket.get(), wants, 0});
        }
}

// False if there is no room for one more descriptor.
bool take_client(int listener, const std::string& agent_socket, std::vector<Connection>& connections) {
    Fd client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!client.valid()) return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    Fd agent = connect_to(agent_socket);
    if (agent.valid()) connections.push_back({{{{std::move(client), {}, false}, {std::move(agent), {}, false}}}, {}});
    return true;
}

}  // namespace

Result<std::unique_ptr<AgentForward>> AgentForward::start(const std::string& folder, const std::string& name, const SocketOwner& owner,
                                                          const std::string& agent_socket) {
    if (!connect_to(agent_socket).valid()) return system_error(errno, "reach the ssh agent at", agent_socket);
    MABPLAN_TRY(place, open_file(folder, O_PATH | O_DIRECTORY));
    MABPLAN_TRY(address, address_in(place, name));
    Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    Fd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::string path = format("{}/{}", folder, name);
    if (!listener.valid() || !stop.valid() || ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener.get(), kBacklog) != 0)
        return system_error(errno, "make the socket", path);
    if (::chown(path.c_str(), owner.uid, owner.gid) != 0) return system_error(errno, "give an owner to", path);
    if (::chmod(path.c_str(), owner.mode) != 0) return system_error(errno, "set the mode of", path);
    std::unique_ptr<AgentForward> forward(new AgentForward(std::move(listener), std::move(stop), agent_socket));
    MABPLAN_TRY(thread, start_thread([raw = forward.get()] {
                    Status ended = without_throwing([raw] { return raw->serve(); });
                    ::shutdown(raw->listener_.get(), SHUT_RDWR);  // so that nobody waits for an answer that will not come
                    return ended;
                }));
    forward->thread_ = std::move(thread);
    return forward;
}

AgentForward::~AgentForward() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) != sizeof one) ::shutdown(listener_.get(), SHUT_RDWR);
}

Status AgentForward::serve() {
    std::vector<Connection> connections;
    bool has_room = true;  // for one more descriptor; where there is none the client waits in line
    for (;;) {
        const bool accepts = has_room && connections.size() < kMostConnections;
        std::vector<pollfd> events{{stop_.get(), POLLIN, 0}, {accepts ? listener_.get() : -1, POLLIN, 0}};
        add_events(connections, events);
        if (::poll(events.data(), events.size(), has_room ? -1 : kPauseMilliseconds) < 0) {
            if (errno == EINTR) continue;
            return system_error(errno, "wait for", "an ssh agent");
        }
        if (events[0].revents != 0) return {};
        for (std::size_t i = 0; i < connections.size(); ++i) serve_connection(connections[i], &events[2 + 2 * i]);
        std::erase_if(connections, [](const Connection& connection) { return connection.done(); });
        has_room = events[1].revents == 0 || take_client(listener_.get(), agent_, connections);
    }
}

}  // namespace mabplan::runtime

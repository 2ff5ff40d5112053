// Boost.Beast, synchronous: beast PORT WHO JOB SIZE CONNECTIONS OPERATIONS
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <string>
#include <vector>

#include "usage.h"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

static size_t wire_length(size_t size) {
    return size + (size < 126 ? 6 : size < 65536 ? 8 : 14);
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    std::string job = argv[3];
    size_t size = strtoul(argv[4], 0, 10), operations = strtoul(argv[6], 0, 10);
    size_t warm_up = operations / 10 ? operations / 10 : 1, total = operations + warm_up;
    asio::io_context context;
    websocket::stream<asio::ip::tcp::socket> ws(context);
    ws.next_layer().connect({asio::ip::make_address("127.0.0.1"), (unsigned short)atoi(argv[1])});
    ws.next_layer().set_option(asio::ip::tcp::no_delay(true));
    ws.read_message_max(size > 16384 ? 2 * size : 32768);
    std::string path = job == "echo" ? "/echo"
        : job == "receive"           ? "/flood/" + std::to_string(size)
                                     : "/sink/" + std::to_string(wire_length(size) * total);
    ws.handshake("127.0.0.1", path);
    ws.binary(true);
    std::string message(size, 'x');
    std::vector<double> times;
    times.reserve(total);
    beast::flat_buffer buffer;
    usage start = usage_now();
    for (size_t n = 0; n < total; n++) {
        if (n == warm_up) {
            times.clear();
            start = usage_now();
        }
        double sent = job == "echo" ? clock_ns() : 0;
        if (job != "receive") ws.write(asio::buffer(message));
        if (job != "send") {
            ws.read(buffer);
            if (buffer.size() != size) return 1;
            buffer.consume(buffer.size());
        }
        if (job == "echo") times.push_back(clock_ns() - sent);
    }
    if (job == "send") ws.read(buffer);
    report(start, size, operations, times.data(), times.size());
}

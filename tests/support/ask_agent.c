/* A client of an ssh agent, as a static program for steps: ask_agent SOCKET TYPE [HEX] sends one request and prints "TYPE HEX" of the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int read_all(int from, unsigned char* to, size_t count) {
    for (ssize_t got; count > 0; to += got, count -= got)
        if ((got = read(from, to, count)) <= 0) return 0;
    return 1;
}

int main(int argc, char** argv) {
    static unsigned char bytes[65536];
    const char* hex = argc > 3 ? argv[3] : "";
    size_t length = strlen(hex) / 2 + 1;
    struct sockaddr_un address = {AF_UNIX, ""};
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr*)&address, sizeof address) != 0) return perror("connect"), 1;
    bytes[2] = length >> 8, bytes[3] = length, bytes[4] = atoi(argv[2]);
    for (size_t i = 1; i < length; i++) sscanf(hex + 2 * (i - 1), "%2hhx", &bytes[4 + i]);
    if (write(server, bytes, 4 + length) < 0 || !read_all(server, bytes, 4)) return puts("closed"), 1;
    length = bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    if (length > sizeof bytes || !read_all(server, bytes, length)) return puts("cut"), 1;
    printf("%d ", bytes[0]);
    for (size_t i = 1; i < length; i++) printf("%02x", bytes[i]);
    puts("");
    return 0;
}

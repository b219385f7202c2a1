/*
 * What neither Node.js nor Bun can do: a unix datagram socket. Built for Node-API, which both have, without a header and
 * without a library, so that one file works with glibc and musl.
 *
 *   bind(path)             a socket that does not block, bound to the path: its descriptor, or the negative errno
 *   receive(fd, buffer)    one datagram: its length, which is larger than the buffer's when it was cut, or the negative errno
 *   close(fd)              0, or the negative errno
 */
typedef unsigned long size;
typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*callback)(napi_env, napi_callback_info);

extern int napi_create_function(napi_env, const char *, size, callback, void *, napi_value *);
extern int napi_set_named_property(napi_env, napi_value, const char *, napi_value);
extern int napi_get_cb_info(napi_env, napi_callback_info, size *, napi_value *, napi_value *, void **);
extern int napi_get_value_string_utf8(napi_env, napi_value, char *, size, size *);
extern int napi_get_value_int32(napi_env, napi_value, int *);
extern int napi_get_buffer_info(napi_env, napi_value, void **, size *);
extern int napi_create_int32(napi_env, int, napi_value *);

extern int socket(int, int, int);
extern int bind(int, const void *, unsigned);
extern long recv(int, void *, size, int);
extern int close(int);
extern int *__errno_location(void);

/* The same numbers on every kind of machine that there is a target for. */
enum { AF_UNIX = 1, SOCK_DGRAM = 2, SOCK_NONBLOCK = 04000, SOCK_CLOEXEC = 02000000 };
enum { MSG_TRUNC = 0x20, MSG_DONTWAIT = 0x40 };
enum { EINVAL = 22, ENAMETOOLONG = 36 };

struct address {
	unsigned short family;
	char path[108];
};

static napi_value number(napi_env env, int value)
{
	napi_value result = 0;
	napi_create_int32(env, value, &result);
	return result;
}

static napi_value bind_socket(napi_env env, napi_callback_info info)
{
	struct address address = {.family = AF_UNIX};
	napi_value arguments[1];
	size count = 1, length = 0;
	int fd;
	napi_get_cb_info(env, info, &count, arguments, 0, 0);
	/* its length first, since a copy would be cut without a word */
	if (napi_get_value_string_utf8(env, arguments[0], 0, 0, &length) != 0 || length == 0)
		return number(env, -EINVAL);
	if (length >= sizeof address.path) return number(env, -ENAMETOOLONG);
	napi_get_value_string_utf8(env, arguments[0], address.path, sizeof address.path, &length);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, &address, sizeof address) < 0) {
		int error = *__errno_location();
		close(fd);
		return number(env, -error);
	}
	return number(env, fd >= 0 ? fd : -*__errno_location());
}

static napi_value receive_datagram(napi_env env, napi_callback_info info)
{
	napi_value arguments[2];
	size count = 2, length = 0;
	void *data = 0;
	int fd = -1;
	long received;
	napi_get_cb_info(env, info, &count, arguments, 0, 0);
	if (napi_get_value_int32(env, arguments[0], &fd) != 0 ||
	    napi_get_buffer_info(env, arguments[1], &data, &length) != 0)
		return number(env, -EINVAL);
	/* descriptors that come with it are closed, since nothing receives them: that is what a sender may wait for */
	received = recv(fd, data, length, MSG_TRUNC | MSG_DONTWAIT);
	return number(env, received >= 0 ? (int)received : -*__errno_location());
}

static napi_value close_socket(napi_env env, napi_callback_info info)
{
	napi_value arguments[1];
	size count = 1;
	int fd = -1;
	napi_get_cb_info(env, info, &count, arguments, 0, 0);
	if (napi_get_value_int32(env, arguments[0], &fd) != 0) return number(env, -EINVAL);
	return number(env, close(fd) == 0 ? 0 : -*__errno_location());
}

static void export(napi_env env, napi_value exports, const char *name, callback function)
{
	napi_value value = 0;
	napi_create_function(env, name, (size)-1, function, 0, &value);
	napi_set_named_property(env, exports, name, value);
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
	export(env, exports, "bind", bind_socket);
	export(env, exports, "receive", receive_datagram);
	export(env, exports, "close", close_socket);
	return exports;
}

// Real work through .NET's ClientWebSocket, which in this runtime is made of WinHTTP's WebSockets:
// websocket_client ws://HOST:PORT wss://HOST:PORT wss://HOST:PORT, all of websocket_server.py. Compiled by mcs against the runtime.
using System;
using System.ComponentModel;
using System.Linq;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using static Cases;

static class Program
{
    static string plain, tls, strange;

    static async Task<ClientWebSocket> Open(string url, Action<ClientWebSocketOptions> change = null)
    {
        var socket = new ClientWebSocket();
        change?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri(url), CancellationToken.None);
        Equal(socket.State, WebSocketState.Open);
        return socket;
    }

    static Task Send(WebSocket socket, string text) =>
        socket.SendAsync(new ArraySegment<byte>(Encoding.UTF8.GetBytes(text)), WebSocketMessageType.Text, true, CancellationToken.None);

    class Message
    {
        public byte[] Bytes;
        public WebSocketMessageType Kind;
        public int Pieces; // in how many it was read
        public string Text => Encoding.UTF8.GetString(Bytes);
    }

    static async Task<Message> Receive(WebSocket socket, int size = 4096)
    {
        var buffer = new byte[size];
        var all = new System.IO.MemoryStream();
        for (int pieces = 1; ; pieces++)
        {
            var result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
            all.Write(buffer, 0, result.Count);
            if (result.EndOfMessage) return new Message { Bytes = all.ToArray(), Kind = result.MessageType, Pieces = pieces };
        }
    }

    static async Task<string> Text(WebSocket socket) => (await Receive(socket)).Text;

    static async Task Close(WebSocket socket)
    {
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
        Equal(socket.State, WebSocketState.Closed);
        Equal(socket.CloseStatus, WebSocketCloseStatus.NormalClosure);
    }

    static async Task Echo(string url, int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        using (var socket = await Open(url))
        {
            var back = Receive(socket, 16384);
            await socket.SendAsync(new ArraySegment<byte>(bytes), WebSocketMessageType.Binary, true, CancellationToken.None);
            Equal((await back).Kind, WebSocketMessageType.Binary);
            Equal((await back).Bytes.SequenceEqual(bytes), true);
            await Close(socket);
        }
    }

    static async Task EchoesEverySize()
    {
        foreach (int size in new[] { 1, 125, 126, 65535, 65536, 3000000 }) await Echo(plain + "/echo", size);
    }

    static async Task EchoesOverTls()
    {
        foreach (int size in new[] { 1, 70000, 1000000 }) await Echo(tls + "/echo", size);
    }

    static async Task AnEmptyMessage()
    {
        using (var socket = await Open(plain + "/echo"))
        {
            await Send(socket, "");
            var message = await Receive(socket);
            Equal(message.Bytes.Length, 0);
            Equal(message.Kind, WebSocketMessageType.Text);
            await Send(socket, "more");
            Equal(await Text(socket), "more");
            await Close(socket);
        }
    }

    static async Task SendsInFragments()
    {
        using (var socket = await Open(plain + "/echo"))
        {
            for (int i = 0; i < 5; i++)
                await socket.SendAsync(new ArraySegment<byte>(Encoding.UTF8.GetBytes("piece" + i)), WebSocketMessageType.Text, i == 4, CancellationToken.None);
            var message = await Receive(socket);
            Equal(message.Text, "piece0piece1piece2piece3piece4");
            Equal(message.Kind, WebSocketMessageType.Text);
            await Close(socket);
        }
    }

    static async Task ReadsThroughASmallBuffer()
    {
        using (var socket = await Open(plain + "/echo"))
        {
            string text = string.Concat(Enumerable.Repeat("äöü", 500));
            await Send(socket, text);
            var message = await Receive(socket, 7);
            Equal(message.Text, text);
            Equal(message.Pieces > 400, true);
            await Close(socket);
        }
    }

    static async Task AThousandMessagesAtOnce()
    {
        using (var socket = await Open(plain + "/burst"))
        {
            await Send(socket, "go");
            for (int i = 0; i < 1000; i++) Equal(await Text(socket), i.ToString());
            await Close(socket);
        }
    }

    static async Task SendsWhileReceiving()
    {
        using (var socket = await Open(plain + "/echo"))
        {
            var reader = Task.Run(async () => { for (int i = 0; i < 500; i++) Equal(await Text(socket), "message " + i); });
            for (int i = 0; i < 500; i++) await Send(socket, "message " + i);
            await reader;
            await Close(socket);
        }
    }

    static async Task HeadersCookiesAndSubprotocol()
    {
        using (var socket = await Open(plain + "/told", options =>
        {
            options.SetRequestHeader("X-Mine", "one");
            options.Cookies = new CookieContainer();
            options.Cookies.Add(new Uri(plain.Replace("ws:", "http:")), new Cookie("taste", "good"));
            options.AddSubProtocol("first");
            options.AddSubProtocol("second");
        }))
        {
            Equal(socket.SubProtocol, "second");
            await Send(socket, "?");
            Equal(await Text(socket), "one taste=good");
            await Close(socket);
        }
    }

    static async Task AnswersPings()
    {
        using (var socket = await Open(plain + "/ping"))
        {
            await Send(socket, "?");
            Equal(await Text(socket), "yes");
            await Close(socket);
        }
    }

    static async Task TheServerCloses()
    {
        using (var socket = await Open(plain + "/close"))
        {
            await Send(socket, "?");
            Equal((await Receive(socket)).Kind, WebSocketMessageType.Close);
            Equal(socket.State, WebSocketState.CloseReceived);
            Equal((int)socket.CloseStatus, 4001);
            Equal(socket.CloseStatusDescription, "enough");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
            Equal(socket.State, WebSocketState.Closed);
        }
    }

    static async Task ClosesOneDirection()
    {
        using (var socket = await Open(plain + "/burst"))
        {
            await Send(socket, "go");
            await socket.CloseOutputAsync((WebSocketCloseStatus)4002, "no more", CancellationToken.None);
            Equal(socket.State, WebSocketState.CloseSent);
            // What the peer had sent before it knew is all there.
            for (int i = 0; ; i++)
            {
                var message = await Receive(socket);
                if (message.Kind == WebSocketMessageType.Close) break;
                Equal(message.Text, i.ToString());
            }
            Equal((int)socket.CloseStatus, 4002); // the peer sends back what it got
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
            Equal(socket.State, WebSocketState.Closed);
        }
    }

    static async Task TheConnectionDrops()
    {
        using (var socket = await Open(plain + "/drop"))
        {
            await Send(socket, "?");
            var e = await Throws<Win32Exception>(() => Receive(socket));
            Equal(e.NativeErrorCode, 12030); // ERROR_WINHTTP_CONNECTION_ERROR
        }
    }

    static async Task CancelledWhileReceiving()
    {
        using (var socket = await Open(plain + "/silent"))
        using (var source = new CancellationTokenSource(100))
        {
            await Throws<OperationCanceledException>(() => socket.ReceiveAsync(new ArraySegment<byte>(new byte[10]), source.Token));
            Equal(socket.State, WebSocketState.Aborted);
        }
    }

    static async Task AbortedWhileReceiving()
    {
        using (var socket = await Open(plain + "/silent"))
        {
            var receive = socket.ReceiveAsync(new ArraySegment<byte>(new byte[10]), CancellationToken.None);
            socket.Abort();
            // Which of two, the runtime's own threads decide.
            var e = await Throws<Exception>(() => receive);
            Equal(e is WebSocketException || e is OperationCanceledException, true);
            Equal(socket.State, WebSocketState.Aborted);
        }
    }

    static async Task Fails(string url)
    {
        using (var socket = new ClientWebSocket())
        {
            await Throws<WebSocketException>(() => socket.ConnectAsync(new Uri(url), CancellationToken.None));
            Equal(socket.State, WebSocketState.Closed);
        }
    }

    static Task Refused() => Fails(plain + "/refused");

    static Task NobodyListens() => Fails("ws://127.0.0.1:1/");

    static Task NotTrusted() => Fails(strange + "/echo");

    static async Task ManyAtOnce()
    {
        var all = Enumerable.Range(0, 60).Select(async i =>
        {
            using (var socket = await Open((i % 2 == 0 ? plain : tls) + "/echo"))
            {
                for (int n = 0; n < 20; n++)
                {
                    await Send(socket, $"{i} {n}");
                    Equal(await Text(socket), $"{i} {n}");
                }
                await Close(socket);
            }
        }).ToArray();
        await Task.WhenAll(all);
    }

    static int Main(string[] arguments)
    {
        plain = arguments[0];
        tls = arguments[1];
        strange = arguments[2];
        Case("echoes_every_size", EchoesEverySize);
        Case("echoes_over_tls", EchoesOverTls);
        Case("an_empty_message", AnEmptyMessage);
        Case("sends_in_fragments", SendsInFragments);
        Case("reads_through_a_small_buffer", ReadsThroughASmallBuffer);
        Case("a_thousand_messages_at_once", AThousandMessagesAtOnce);
        Case("sends_while_receiving", SendsWhileReceiving);
        Case("headers_cookies_and_subprotocol", HeadersCookiesAndSubprotocol);
        Case("answers_pings", AnswersPings);
        Case("the_server_closes", TheServerCloses);
        Case("closes_one_direction", ClosesOneDirection);
        Case("the_connection_drops", TheConnectionDrops);
        Case("cancelled_while_receiving", CancelledWhileReceiving);
        Case("aborted_while_receiving", AbortedWhileReceiving);
        Case("refused", Refused);
        Case("nobody_listens", NobodyListens);
        Case("not_trusted", NotTrusted);
        Case("many_at_once", ManyAtOnce);
        return Failures;
    }
}

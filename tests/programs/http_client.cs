// Real work through .NET's HttpClient, whose Windows handler uses WinHTTP asynchronously: http_client HTTPBIN NGINX.
// Compiled by mcs against the runtime's assemblies.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using static Cases;

static class Program
{
    static string bin, files;

    static HttpClient Client(Action<HttpClientHandler> change = null)
    {
        var handler = new HttpClientHandler { UseProxy = false };
        change?.Invoke(handler);
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
    }

    static async Task Gets()
    {
        using (var client = Client())
        {
            client.DefaultRequestHeaders.Add("X-Mine", "one");
            string text = await client.GetStringAsync(bin + "/get?a=b");
            Equal(text.Contains("\"X-Mine\": \"one\"") && text.Contains("\"a\": \"b\""), true);
        }
    }

    static async Task PostsAForm()
    {
        using (var client = Client())
        {
            var form = new FormUrlEncodedContent(new Dictionary<string, string> { { "name", "value" } });
            var response = await client.PostAsync(bin + "/post", form);
            Equal(response.StatusCode, HttpStatusCode.OK);
            Equal((await response.Content.ReadAsStringAsync()).Contains("\"name\": \"value\""), true);
        }
    }

    // A body of no known length: the handler frames the chunks itself.
    static async Task UploadsInChunks()
    {
        using (var client = Client())
        {
            var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcdef", 20000)));
            var request = new HttpRequestMessage(HttpMethod.Post, files + "/count") { Content = new ByteArrayContent(bytes) };
            request.Headers.TransferEncodingChunked = true;
            var response = await client.SendAsync(request);
            Equal(response.StatusCode, HttpStatusCode.NoContent);
        }
    }

    static async Task EveryStatus()
    {
        using (var client = Client(h => h.AllowAutoRedirect = false))
            foreach (int status in new[] { 200, 204, 301, 304, 400, 404, 418, 500, 503 })
                Equal((int)(await client.GetAsync(bin + "/status/" + status)).StatusCode, status);
    }

    static async Task DecodesGzip()
    {
        using (var client = Client(h => h.AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate))
        {
            Equal((await client.GetStringAsync(bin + "/gzip")).Contains("\"gzipped\": true"), true);
            Equal((await client.GetStringAsync(bin + "/deflate")).Contains("\"deflated\": true"), true);
        }
    }

    static async Task FollowsRedirects()
    {
        using (var client = Client())
        {
            var response = await client.GetAsync(bin + "/redirect/5");
            Equal(response.StatusCode, HttpStatusCode.OK);
            Equal(response.RequestMessage.RequestUri.AbsolutePath, "/get");
        }
        using (var client = Client(h => h.MaxAutomaticRedirections = 2))
        {
            await Throws<HttpRequestException>(() => client.GetAsync(bin + "/redirect/3"));
        }
    }

    static async Task KeepsCookies()
    {
        using (var client = Client())
            Equal((await client.GetStringAsync(bin + "/cookies/set?taste=good")).Contains("\"taste\": \"good\""), true);
    }

    static async Task ReadsAStreamAsItComes()
    {
        using (var client = Client())
        using (var response = await client.GetAsync(bin + "/stream-bytes/300000?chunk_size=1000&seed=1", HttpCompletionOption.ResponseHeadersRead))
        using (var stream = await response.Content.ReadAsStreamAsync())
        {
            var buffer = new byte[4096];
            int total = 0, got;
            while ((got = await stream.ReadAsync(buffer, 0, buffer.Length)) > 0) total += got;
            Equal(total, 102400); // httpbin's limit
        }
    }

    static async Task DownloadsMegabytes()
    {
        using (var client = Client())
        {
            var bytes = await client.GetByteArrayAsync(files + "/noise.bin");
            Equal(bytes.Length, 8000000);
            Equal(bytes.Select(b => (long)b).Sum() > 0, true);
        }
    }

    static async Task ManyAtOnce()
    {
        using (var client = Client())
        {
            var all = Enumerable.Range(0, 300).Select(i => client.GetStringAsync(files + "/hello.txt")).ToArray();
            foreach (var text in await Task.WhenAll(all)) Equal(text, "hello\n");
        }
    }

    static async Task ATimeoutCancels()
    {
        using (var client = Client())
        {
            client.Timeout = TimeSpan.FromMilliseconds(300);
            await Throws<OperationCanceledException>(() => client.GetAsync(bin + "/delay/10"));
        }
    }

    static async Task CancelledWhileReading()
    {
        using (var client = Client())
        using (var source = new CancellationTokenSource())
        using (var response = await client.GetAsync(bin + "/drip?duration=10&numbytes=10&delay=0", HttpCompletionOption.ResponseHeadersRead))
        using (var stream = await response.Content.ReadAsStreamAsync())
        {
            source.CancelAfter(200);
            await Throws<OperationCanceledException>(async () =>
            {
                var buffer = new byte[100];
                while (await stream.ReadAsync(buffer, 0, buffer.Length, source.Token) > 0) { }
            });
        }
    }

    static async Task NobodyListens()
    {
        using (var client = Client())
            await Throws<HttpRequestException>(() => client.GetAsync("http://127.0.0.1:1/"));
    }

    static int Main(string[] arguments)
    {
        bin = arguments[0];
        files = arguments[1];
        Case("gets", Gets);
        Case("posts_a_form", PostsAForm);
        Case("uploads_in_chunks", UploadsInChunks);
        Case("every_status", EveryStatus);
        Case("decodes_gzip_and_deflate", DecodesGzip);
        Case("follows_redirects", FollowsRedirects);
        Case("keeps_cookies", KeepsCookies);
        Case("reads_a_stream_as_it_comes", ReadsAStreamAsItComes);
        Case("downloads_megabytes", DownloadsMegabytes);
        Case("many_at_once", ManyAtOnce);
        Case("a_timeout_cancels", ATimeoutCancels);
        Case("cancelled_while_reading", CancelledWhileReading);
        Case("nobody_listens", NobodyListens);
        return Failures;
    }
}

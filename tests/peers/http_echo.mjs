// Node's HTTP server, which gives the request's body back while it comes; /early answers 413 without it. Prints the ports
// without and with TLS. Usage: node http_echo.mjs CERTS
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

const certs = process.argv[2]
const options = { key: readFileSync(certs + '/server.key'), cert: readFileSync(certs + '/server.pem') }
function answer(request, response) {
  for (const stream of [request, response]) stream.on('error', () => {})
  if (request.url === '/early') {
    response.writeHead(413, { Connection: 'close' })
    response.end('early')
    return
  }
  response.flushHeaders()
  request.pipe(response)
}
const plain = createServer(answer).listen(0, '127.0.0.1', () => {
  const tls = createTlsServer(options, answer).listen(0, '127.0.0.1', () => console.log(plain.address().port, tls.address().port))
})
process.stdin.on('end', () => process.exit(0)).resume()

/**
 * The HTTP client, to be loaded when it is needed. A lazy import names what it takes: the default export of a package
 * is another thing in the bundled program than in the sources.
 */
export { default as got } from 'got'

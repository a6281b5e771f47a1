/** Random calls by many threads on the whole of the framework's public API. */
package org.dmabuf.acceptance.soak;

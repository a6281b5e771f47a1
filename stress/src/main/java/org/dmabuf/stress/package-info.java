/**
 * What the processor may do with the fast paths: two actors, and an arbiter afterwards, run
 * millions of times; each result that may not be is listed as such, and so is each that may.
 */
package org.dmabuf.stress;

/** Pairs of benchmarks, ours and a peer's, and the command that measures them in turns. */
package org.dmabuf.benchmarks;

/** A bundle with one component and nothing else: what an update of any bundle costs. */
package org.dmabuf.benchmarks.empty;

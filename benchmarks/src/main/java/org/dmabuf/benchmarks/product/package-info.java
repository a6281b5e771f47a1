/** Benchmarks of a whole product: what it costs when bundles come and go. */
package org.dmabuf.benchmarks.product;

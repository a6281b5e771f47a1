/** A bundle that the benchmarks of a whole product install in it. */
package org.dmabuf.benchmarks.probe;

/** The main job with swaps, behind {@code ./dmabuf demo}. */
package org.dmabuf.demo;

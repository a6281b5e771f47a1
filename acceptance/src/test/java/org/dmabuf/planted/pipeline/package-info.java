/** A bundle that wants a pipeline, and depends on nothing of the product. */
package org.dmabuf.planted.pipeline;

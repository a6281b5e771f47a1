/** Pipelines in a storm of drivers that are replaced and fail, behind {@code ./dmabuf storm}. */
package org.dmabuf.storm;

package org.dmabuf;

/**
 * What the product holds, counted; all zero when everything was given back.
 *
 * @param buffers live buffers
 * @param attachments of them
 * @param mappings by devices and CPUs
 * @param fences that have not completed
 * @param files descriptors that are open
 * @param bytes out of the page pool
 */
public record Holdings(
    long buffers, long attachments, long mappings, long fences, long files, long bytes) {}

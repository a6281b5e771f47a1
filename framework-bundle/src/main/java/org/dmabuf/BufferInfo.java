package org.dmabuf;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One live buffer, as bufinfo shows it. Plain data.
 *
 * <p>Kernel counterpart: {@code /sys/kernel/debug/dma_buf/bufinfo}.
 *
 * @param inode its number, unique in the product
 * @param size bytes
 * @param references handles and files that hold it
 * @param fileFlags access mode and status flags of its file, see {@link org.dmabuf.file.OpenFlags}
 * @param fileMode what its file can do, as the kernel's FMODE_ bits
 * @param exporterName who exported it
 * @param name as set by a user; empty until set
 * @param age since it was exported, on the product's clock
 * @param owner the bundle that exported it, and what became of it
 * @param state LIVE, ADOPTED or REVOKED
 * @param fences the reservation's fences, each "usage description"
 * @param attachments names of the attached devices, with the client that attached each
 * @param mappings by devices and CPUs
 * @param holders the clients that have handles
 */
public record BufferInfo(
    long inode,
    long size,
    long references,
    int fileFlags,
    int fileMode,
    String exporterName,
    Optional<String> name,
    Duration age,
    String owner,
    String state,
    List<String> fences,
    List<String> attachments,
    int mappings,
    List<String> holders) {}

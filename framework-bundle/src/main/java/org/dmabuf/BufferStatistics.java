package org.dmabuf;

import java.util.Optional;

/**
 * What is known of a buffer at no cost: plain data, taken without any lock.
 *
 * <p>Kernel counterpart: {@code /sys/kernel/dmabuf/buffers/<inode>}, and the dma-buf iterator that
 * has taken its place.
 *
 * @param inode its number, unique in the product
 * @param size bytes
 * @param name as set by a user; empty until set
 * @param exporterName who exported it, never null
 */
public record BufferStatistics(long inode, long size, Optional<String> name, String exporterName) {

  /**
   * Returns the text of a file of the buffer's directory in sysfs.
   *
   * @param file "exporter_name" or "size"
   * @return the text with its line feed, never null
   * @throws DmaBufException ENOENT for any other file
   */
  public String attribute(String file) {
    return switch (file) {
      case "exporter_name" -> exporterName + "\n";
      case "size" -> size + "\n";
      default ->
          throw new DmaBufException(
              Errno.ENOENT,
              "Buffer " + inode + " was asked for '" + file + "'; exporter_name and size work");
    };
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_check.h - what must be true of every HTML page that capsim writes, checked without a
 * browser.
 *
 * Each function fails the running test, and says where, when its claim does not hold. */
#ifndef CAPSIM_TESTS_SUPPORT_PAGE_CHECK_H
#define CAPSIM_TESTS_SUPPORT_PAGE_CHECK_H

/* Every tag is closed in the right order, every attribute is quoted, no character of a text is
 * markup by accident. */
void page_check_is_well_formed(const char *page);

/* No id stands twice, and what a link or an SVG element refers to is in the page. */
void page_check_anchors_resolve(const char *page);

/* Nothing to run and nothing to load: no script, no handler, no style attribute, no address but
 * those of XML namespaces; the policy forbids all but the style sheet, whose hash it names. */
void page_check_is_self_contained(const char *page);

/* Each header cell of a table says what it is the header of; each picture has words. */
void page_check_is_accessible(const char *page);

/* A picture in a file of its own: well formed XML with a title, unique ids, no script, no address.
 */
void page_check_picture(const char *svg);

/* All but the last. */
void page_check_all(const char *page);

#endif
